// A tensor in memory, and the arithmetic of shapes.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_TENSOR_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_TENSOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/interchange/dtype.h"

namespace rowhouse::interchange {

using Shape = std::vector<std::int64_t>;

struct TensorInfo {
  Dtype dtype = Dtype::kFloat32;
  Shape shape;
  friend bool operator==(const TensorInfo&, const TensorInfo&) = default;
};

struct Tensor {
  TensorInfo info;
  std::string bytes;                 // numbers: row-major, little-endian
  std::vector<std::string> strings;  // of a string tensor, row-major
};

// Values of a tensor of that shape: 1 for a scalar. DATA_LOSS when a size is
// negative, there are more than kTensorRankMax, or the product (with zeros left
// out) times `item_bytes` is 2^63 or more.
absl::StatusOr<std::uint64_t> ElementsOf(absl::Span<const std::int64_t> shape,
                                         std::size_t item_bytes);

// "[3, 2]".
std::string ShapeText(absl::Span<const std::int64_t> shape);

// Turns the byte order of `bytes`, which are values of `dtype`.
void TurnByteOrder(Dtype dtype, absl::Span<char> bytes);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_TENSOR_H_
