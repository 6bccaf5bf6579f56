// Tensors in JSON, in the form that tests/golden/data/README.md describes:
//
//   {"dense": {"dtype": "int64", "shape": [2, 1], "values": [3, 4]}}
//
// and likewise "sparse" and "ragged". NaN and infinities are strings, bytes
// that are not UTF-8 are {"b64": "..."}, integers of 64 bits are kept whole.
#ifndef ROWHOUSE_TOOLS_TENSOR_JSON_H_
#define ROWHOUSE_TOOLS_TENSOR_JSON_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::tools {

// With doubles, unlike Json of output.h: features may be float64.
using TensorJson = nlohmann::json;

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

// All of these: INVALID_ARGUMENT naming what is wrong with the value. A tensor
// has as many values as its shape says, a coordinate per value and dimension,
// and values that its dtype can hold.
absl::StatusOr<Tensor> ReadTensor(const TensorJson& json);
// Bytes: a JSON string, or {"b64": ...} where they are not UTF-8.
absl::StatusOr<std::string> ReadBytes(const TensorJson& json);
// A number, "nan", "inf" or "-inf".
absl::StatusOr<double> ReadNumber(const TensorJson& json);

// The way back.
TensorJson NumberToJson(double value);
TensorJson BytesToJson(absl::string_view bytes);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_TENSOR_JSON_H_
