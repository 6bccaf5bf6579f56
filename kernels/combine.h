// Forward arithmetic: rows to output rows.
#ifndef ROWHOUSE_KERNELS_COMBINE_H_
#define ROWHOUSE_KERNELS_COMBINE_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace rowhouse::kernels {

// Entries that are summed at a time, below.
inline constexpr std::size_t kBagGroup = 8;

// out[b] = sum over the entries j of bag b of weights[j] * rows[j], entries in
// order, product rounded before the sum, from 0.0. `weights` empty: the rows
// themselves are added, in the order of TensorFlow's SparseSegmentSum: of n
// entries the first n mod 8 one by one (8 where that is 0, 9 where it is 1),
// then a sum of kBagGroup at a time, which spares a long bag some rounding.
// `row_splits` has bags + 1 offsets into `rows`; `out` has bags x dim floats.
// An empty bag gives zeros.
void CombineBags(absl::Span<const float* const> rows,
                 absl::Span<const float> weights,
                 absl::Span<const std::uint32_t> row_splits, std::size_t dim,
                 float* out);

// out[i] = rows[i]: rows.size() x dim floats.
void CopyRows(absl::Span<const float* const> rows, std::size_t dim, float* out);

// out[i] += in[i] over `count` floats: merges partial sums of shards.
void AddInto(const float* in, std::size_t count, float* out);

// out[r] /= denominators[r], row by row: mean and sqrtn after the merge, and
// before a push. A denominator of 0 makes zeros of whatever was there, as
// TensorFlow's div_no_nan does; 1 leaves the row's bits alone.
void DivideRows(absl::Span<const float> denominators, std::size_t dim,
                float* out);

// True when no value is NaN or infinite.
bool AllFinite(const float* values, std::size_t count);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_COMBINE_H_
