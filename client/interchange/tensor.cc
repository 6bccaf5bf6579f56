#include "client/interchange/tensor.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"

namespace rowhouse::interchange {

absl::StatusOr<std::uint64_t> ElementsOf(absl::Span<const std::int64_t> shape,
                                         std::size_t item_bytes) {
  if (shape.size() > kTensorRankMax) {
    return absl::DataLossError(absl::StrCat(
        "a shape of ", shape.size(), " axes, the most is ", kTensorRankMax));
  }
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::uint64_t bytes = std::max<std::size_t>(item_bytes, 1);
  std::uint64_t elements = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) {
      return absl::DataLossError(
          absl::StrCat("shape ", ShapeText(shape), " has a negative size"));
    }
    elements *= static_cast<std::uint64_t>(size);
    if (size == 0) continue;
    if (bytes > kMost / static_cast<std::uint64_t>(size)) {
      return absl::DataLossError(
          absl::StrCat("shape ", ShapeText(shape), " is 2^63 bytes or more"));
    }
    bytes *= static_cast<std::uint64_t>(size);
  }
  return elements;
}

std::string ShapeText(absl::Span<const std::int64_t> shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

void TurnByteOrder(Dtype dtype, absl::Span<char> bytes) {
  const std::size_t width = SwapBytes(dtype);
  if (width < 2) return;
  for (std::size_t at = 0; at + width <= bytes.size(); at += width) {
    std::reverse(bytes.begin() + at, bytes.begin() + at + width);
  }
}

}  // namespace rowhouse::interchange
