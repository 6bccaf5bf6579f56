// A box in a tensor: which parts of a variable a checkpoint stores apart, and
// which part a reader wants.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_TENSOR_SLICE_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_TENSOR_SLICE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/interchange/tensor.h"

namespace rowhouse::interchange {

// A range of one axis. `length` kWholeAxis (with start 0): all of it, whatever
// its size.
struct Extent {
  static constexpr std::int64_t kWholeAxis = -1;
  std::int64_t start = 0;
  std::int64_t length = kWholeAxis;
  friend bool operator==(const Extent&, const Extent&) = default;
};

using TensorSlice = std::vector<Extent>;  // one extent per axis

// "0,5:-": TensorFlow's words. "": no axis.
std::string SliceText(const TensorSlice& slice);
// INVALID_ARGUMENT when it is not of that form, a start is negative or a
// length is not positive.
absl::StatusOr<TensorSlice> ParseSlice(absl::string_view text);

// The whole of a tensor with `rank` axes.
TensorSlice WholeSlice(std::size_t rank);

// `slice` with the axes' own sizes for kWholeAxis. INTERNAL (TensorFlow's code)
// when it has another number of axes or leaves `shape`.
absl::StatusOr<TensorSlice> BoxOf(const TensorSlice& slice,
                                  absl::Span<const std::int64_t> shape);

// What a slice of a box's extents has as shape.
Shape ShapeOfBox(const TensorSlice& box);

// "10 3 0,5:-": a shape and a slice of it, as TensorFlow's restore operation is
// given them.
struct ShapeAndSlice {
  Shape shape;
  TensorSlice slice;
};
// INVALID_ARGUMENT when it is not of that form.
absl::StatusOr<ShapeAndSlice> ParseShapeAndSlice(absl::string_view text);

// The key under which a checkpoint stores the part `slice` of tensor `name`:
// an order-preserving code that begins with a zero byte.
std::string SliceKey(absl::string_view name, const TensorSlice& slice);
// Its two halves. No front is the beginning of another name's.
std::string SliceKeyFront(absl::string_view name);
std::string SliceKeyEnd(const TensorSlice& slice);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_TENSOR_SLICE_H_
