// What a table is: width, optimizer, first values, policies. Specs are values:
// made once, validated, never edited after a table was created from them.
#ifndef ROWHOUSE_TABLE_SPEC_H_
#define ROWHOUSE_TABLE_SPEC_H_

#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rowhouse {

// w -= learning_rate * g. No slots.
struct SgdSpec {
  float learning_rate = 0.01f;
  friend bool operator==(const SgdSpec&, const SgdSpec&) = default;
};

// A += g^2; w -= learning_rate * g / (sqrt(A) + epsilon). One slot value A per
// weight ("accumulator"). epsilon 0 is tf.compat.v1.train.AdagradOptimizer,
// 1e-7 is tf.keras.optimizers.legacy.Adagrad.
struct AdagradSpec {
  float learning_rate = 0.001f;
  float initial_accumulator = 0.1f;
  float epsilon = 0.0f;
  friend bool operator==(const AdagradSpec&, const AdagradSpec&) = default;
};

// FTRL-proximal as in tf.compat.v1.train.FtrlOptimizer. Two slot values per
// weight: "accum" and "linear". kernels/optimizers/ftrl.h has the formula.
struct FtrlSpec {
  float learning_rate = 0.001f;
  float learning_rate_power = -0.5f;
  float initial_accumulator = 0.1f;
  float l1 = 0.0f;
  float l2 = 0.0f;
  float l2_shrinkage = 0.0f;
  float beta = 0.0f;
  friend bool operator==(const FtrlSpec&, const FtrlSpec&) = default;
};

using OptimizerSpec = std::variant<SgdSpec, AdagradSpec, FtrlSpec>;

struct ConstantInitializer {
  float value = 0.0f;
  friend bool operator==(const ConstantInitializer&,
                         const ConstantInitializer&) = default;
};

// Uniform in [low, high).
struct UniformInitializer {
  float low = -0.05f;
  float high = 0.05f;
  friend bool operator==(const UniformInitializer&,
                         const UniformInitializer&) = default;
};

// Normal; `truncated` redraws values further than two stddev from the mean, as
// TensorFlow does (no compensation for the smaller spread).
struct NormalInitializer {
  float mean = 0.0f;
  float stddev = 0.05f;
  bool truncated = true;
  friend bool operator==(const NormalInitializer&,
                         const NormalInitializer&) = default;
};

using InitializerSpec =
    std::variant<ConstantInitializer, UniformInitializer, NormalInitializer>;

// What a shard does with a push that holds a NaN or infinite gradient.
enum class NanPolicy {
  kReject = 0,     // the whole push is refused, nothing is applied (default)
  kSkipRow = 1,    // rows whose summed gradient is not finite keep their value
  kPropagate = 2,  // applied as it is, as TensorFlow does
};

// What an acknowledged push survives.
enum class Durability {
  kMemory = 1,   // nothing: acknowledged when applied
  kProcess = 2,  // kill -9: its journal record is with the kernel (default)
  kPower = 3,    // power loss: its journal record is on the disk
};

// Where the rows of a table live.
enum class Placement {
  kHashed = 0,  // spread over all buckets (default)
  kWhole = 1,   // one bucket, hence one shard: bags need no merge
};

struct TableSpec {
  std::string name;        // 1 to 256 bytes of UTF-8
  std::uint32_t dim = 0;   // weights per row, 1 to kDimMax
  std::uint64_t rows = 0;  // ids are in [0, rows); 0: any 64-bit id
  std::uint64_t seed = 0;  // of the first values
  InitializerSpec initializer = ConstantInitializer{};
  OptimizerSpec optimizer = SgdSpec{};
  NanPolicy nan_policy = NanPolicy::kReject;
  Durability durability = Durability::kProcess;
  Placement placement = Placement::kHashed;
  friend bool operator==(const TableSpec&, const TableSpec&) = default;
};

// INVALID_ARGUMENT naming the field, its value and the bound, or OK.
absl::Status Validate(const TableSpec& spec);

// The floats of optimizer state that follow the weights of a row: a multiple of
// `dim` (0 for SGD, dim for Adagrad, 2 * dim for FTRL).
std::uint32_t SlotFloats(const OptimizerSpec& optimizer, std::uint32_t dim);

// "sgd", "adagrad", "ftrl".
absl::string_view OptimizerName(const OptimizerSpec& optimizer);

// One JSON object with every field of `spec`, keys in a fixed order, floats
// printed so that they parse back to the same bits. Stored in data directories
// and printed by tools: do not rename keys.
std::string TableSpecToJson(const TableSpec& spec);

// The reverse. INVALID_ARGUMENT naming what is wrong; unknown keys are refused.
absl::Status TableSpecFromJson(absl::string_view json, TableSpec& spec);

}  // namespace rowhouse

#endif  // ROWHOUSE_TABLE_SPEC_H_
