#include "client/columns/sparse_ids.h"

namespace rowhouse::internal {
namespace {

// Of rank 2: behind the last position of each row.
std::vector<std::int64_t> EndsOfRows(const SparseIds& ids) {
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(ids.rows()));
  for (std::size_t row = 0; row < lengths.size(); ++row) {
    const std::size_t end = ids.row_splits[row + 1];
    if (end > ids.row_splits[row]) lengths[row] = ids.positions[end - 1] + 1;
  }
  return lengths;
}

}  // namespace

std::vector<std::int64_t> SequenceLengths(const SparseIds& ids) {
  if (ids.dense_shape.size() == 2) return EndsOfRows(ids);
  // Flattened rows of one step, and of one batch row.
  std::size_t step = 1;
  for (std::size_t axis = 2; axis + 1 < ids.dense_shape.size(); ++axis) {
    step *= static_cast<std::size_t>(ids.dense_shape[axis]);
  }
  const auto batch = static_cast<std::size_t>(ids.dense_shape[0]);
  const auto steps = static_cast<std::size_t>(ids.dense_shape[1]);
  std::vector<std::int64_t> lengths(batch);
  for (std::size_t row = 0; row < batch; ++row) {
    const auto begin = ids.row_splits.begin() +
                       static_cast<std::ptrdiff_t>(row * steps * step);
    std::size_t length = steps;
    while (length > 0) {
      const auto at = static_cast<std::ptrdiff_t>((length - 1) * step);
      if (begin[at] != begin[at + static_cast<std::ptrdiff_t>(step)]) break;
      --length;
    }
    lengths[row] = static_cast<std::int64_t>(length);
  }
  return lengths;
}

}  // namespace rowhouse::internal
