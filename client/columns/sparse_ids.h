// What categorical columns give: ids, and weights where there are such, at
// their places in a batch.
#ifndef ROWHOUSE_CLIENT_COLUMNS_SPARSE_IDS_H_
#define ROWHOUSE_CLIENT_COLUMNS_SPARSE_IDS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rowhouse/dtype.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// The values that there are of a sparse tensor of rank >= 2, by rows of the
// last axis: leading axes are flattened. Filled row by row in order.
template <typename Value>
struct SparseRows {
  Features::Shape dense_shape;
  std::vector<Value> values;
  std::vector<std::int64_t> positions;        // on the last axis, of each value
  std::vector<std::size_t> row_splits = {0};  // rows + 1

  // Product of the leading axes.
  std::int64_t rows() const {
    return static_cast<std::int64_t>(row_splits.size()) - 1;
  }
  // REQUIRES: row >= rows() - 1.
  void Add(std::int64_t row, std::int64_t position, Value value) {
    if (row + 1 != rows()) Finish(row + 1);
    values.push_back(value);
    positions.push_back(position);
    row_splits.back() = values.size();
  }
  // Ends the last rows, so that there are `rows`.
  void Finish(std::int64_t rows) {
    row_splits.resize(static_cast<std::size_t>(rows) + 1, values.size());
  }
};

// Of a weighted column. As many as ids, or not: columns do not compare them,
// lookups do, and then take them in order.
struct SparseWeights : SparseRows<float> {
  DType dtype = DType::kFloat32;  // as declared where that is floating
};

// TensorFlow's id SparseTensor and weight SparseTensor. Values are ids; those
// < 0 are rows of no table.
struct SparseIds : SparseRows<std::int64_t> {
  std::optional<SparseWeights> weights;
};

// Of ids [B, T] or [B, T, n]: 1 + the last place on the second axis where there
// is an id of any value, by row of the first; 0 when there is none.
std::vector<std::int64_t> SequenceLengths(const SparseIds& ids);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_SPARSE_IDS_H_
