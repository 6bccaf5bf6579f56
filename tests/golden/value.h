// Values as the recorded cases write them (data/README.md), owned.
#ifndef ROWHOUSE_TESTS_GOLDEN_VALUE_H_
#define ROWHOUSE_TESTS_GOLDEN_VALUE_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::golden {

using Json = nlohmann::json;

// Integers of every width and booleans (0, 1) are held as 64 bits: int64 and
// the narrower ones as int64, uint64 as itself; float16, float32 and float64 as
// double, which holds all of them exactly.
using TensorValues =
    std::variant<std::vector<std::string>, std::vector<std::int64_t>,
                 std::vector<std::uint64_t>, std::vector<double>>;

struct Tensor {
  enum class Layout { kDense, kSparse, kRagged };

  Layout layout = Layout::kDense;
  std::string dtype;  // TensorFlow's name: "float32", "int64", "string", ...
  // Dense: its shape. Sparse: dense_shape. Ragged: inner_shape, the sizes of
  // one flat value; empty when it is a scalar.
  std::vector<std::int64_t> shape;
  // Sparse: the coordinates of each value, values x rank.
  std::vector<std::int64_t> indices;
  // Ragged: outermost first.
  std::vector<std::vector<std::int64_t>> row_splits;
  TensorValues values;
};

// An IndexedSlices: ids x dim gradients. Ids may repeat.
struct RowGradient {
  std::vector<std::int64_t> ids;
  std::uint32_t dim = 0;
  std::vector<float> values;
};

// All of these: INVALID_ARGUMENT naming what is wrong with the value. A tensor
// has as many values as its shape says, a coordinate per value and dimension,
// and values that its dtype can hold.
absl::StatusOr<Tensor> ReadTensor(const Json& json);
absl::StatusOr<RowGradient> ReadRowGradient(const Json& json);
// Bytes: a JSON string, or {"b64": ...} where they are not UTF-8.
absl::StatusOr<std::string> ReadBytes(const Json& json);
// A number, "nan", "inf" or "-inf".
absl::StatusOr<double> ReadNumber(const Json& json);

// Of a dense float32 tensor. INVALID_ARGUMENT for any other.
absl::StatusOr<std::vector<float>> FloatsOf(const Tensor& tensor);
// Of any integer tensor whose values fit. INVALID_ARGUMENT for any other.
absl::StatusOr<std::vector<std::int64_t>> IntegersOf(const Tensor& tensor);

// The way back, for messages and comparisons: NaN and infinities as strings,
// bytes that are not UTF-8 as {"b64": ...}.
Json NumberToJson(double value);
Json BytesToJson(absl::string_view bytes);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_VALUE_H_
