#include "client/keras/sparse_output.h"

#include <utility>

namespace rowhouse::internal {

std::vector<std::size_t> KeepNonZeros(absl::Span<const std::int64_t> shape,
                                      std::vector<float>& values,
                                      std::vector<std::int64_t>& indices) {
  std::vector<std::int64_t> at(shape.size(), 0);
  std::vector<float> kept;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) {
      kept.push_back(values[i]);
      places.push_back(i);
      indices.insert(indices.end(), at.begin(), at.end());
    }
    for (std::size_t axis = at.size(); axis-- > 0;) {
      if (++at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
  values = std::move(kept);
  return places;
}

std::vector<std::int64_t> IndicesOfComponents(
    absl::Span<const std::int64_t> indices, std::size_t rank, std::size_t dim) {
  std::vector<std::int64_t> out;
  out.reserve(indices.size() / rank * dim * (rank + 1));
  for (std::size_t begin = 0; begin < indices.size(); begin += rank) {
    const auto at = indices.subspan(begin, rank);
    for (std::size_t component = 0; component < dim; ++component) {
      out.insert(out.end(), at.begin(), at.end());
      out.push_back(static_cast<std::int64_t>(component));
    }
  }
  return out;
}

}  // namespace rowhouse::internal
