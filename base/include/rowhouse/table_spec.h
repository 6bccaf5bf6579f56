// What a table is: width, optimizer, first values, policies. Specs are values:
// made once, validated, never edited after a table was created from them.
#ifndef ROWHOUSE_TABLE_SPEC_H_
#define ROWHOUSE_TABLE_SPEC_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rowhouse/optimizers.h"
#include "rowhouse/update.h"

namespace rowhouse {

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
  kSkipRow = 1,    // rows whose summed gradient is not finite miss the step
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
  UpdateSpec update;
  NanPolicy nan_policy = NanPolicy::kReject;
  Durability durability = Durability::kProcess;
  Placement placement = Placement::kHashed;
  friend bool operator==(const TableSpec&, const TableSpec&) = default;
};

// INVALID_ARGUMENT naming the field, its value and the bound, or OK.
absl::Status Validate(const TableSpec& spec);

// One kind of optimizer state of a row. Slots follow the weights in a row's
// memory, in the order of Slots.
struct Slot {
  absl::string_view name;    // TensorFlow's, of the optimizer's generation
  std::uint32_t floats = 0;  // dim, or 1 for one value per row
  friend bool operator==(const Slot&, const Slot&) = default;
};

// The slots of a row: the optimizer's, then "average" of a moving average.
std::vector<Slot> Slots(const TableSpec& spec);
std::vector<absl::string_view> SlotNames(const TableSpec& spec);

// The floats of all slots of a row.
std::uint32_t SlotFloats(const TableSpec& spec);

// A step changes rows that have no gradient in it (weights or slots), by the
// optimizer or by what stands around it.
bool MovesEveryRow(const TableSpec& spec);

// Of those: also rows that no gradient ever touched. Where it is false a step
// leaves a first row as it is, to the bit. Where it is true the table must have
// known `rows`.
bool MovesUntouchedRows(const TableSpec& spec);

// One JSON object with every field of `spec`, keys in a fixed order, floats
// printed so that they parse back to the same bits. Stored in data directories
// and printed by tools: do not rename keys.
std::string TableSpecToJson(const TableSpec& spec);

// The reverse. INVALID_ARGUMENT naming what is wrong; unknown keys are refused.
absl::Status TableSpecFromJson(absl::string_view json, TableSpec& spec);

}  // namespace rowhouse

#endif  // ROWHOUSE_TABLE_SPEC_H_
