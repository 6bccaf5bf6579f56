// Sparse outputs of a Keras Embedding.
#ifndef ROWHOUSE_CLIENT_KERAS_SPARSE_OUTPUT_H_
#define ROWHOUSE_CLIENT_KERAS_SPARSE_OUTPUT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace rowhouse::internal {

// tf.sparse.from_dense: keeps of `values`, a dense tensor of `shape`, those
// that are not 0. Appends the coordinates of each to `indices`; returns where
// each stood among all.
std::vector<std::size_t> KeepNonZeros(absl::Span<const std::int64_t> shape,
                                      std::vector<float>& values,
                                      std::vector<std::int64_t>& indices);

// The coordinates of `dim` components of each value: those of the value
// (values x rank) and the component's number.
std::vector<std::int64_t> IndicesOfComponents(
    absl::Span<const std::int64_t> indices, std::size_t rank, std::size_t dim);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_KERAS_SPARSE_OUTPUT_H_
