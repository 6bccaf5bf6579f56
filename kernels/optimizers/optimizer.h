// The one door to the optimizers: by spec, over a batch of rows. A row is its
// `dim` weights followed by its slots, contiguous.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_OPTIMIZER_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_OPTIMIZER_H_

#include <cstddef>

#include "absl/types/span.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::kernels {

// Fills the slots behind the weights of a row that was never pushed. A function
// of the spec and the initial weights.
void InitialSlots(const OptimizerSpec& optimizer, std::size_t dim, float* row);

// One update per row: rows[i] takes gradients[i] (dim floats). Rows are
// distinct. One pass over each row. Thread-safe for disjoint rows.
void ApplyGradients(const OptimizerSpec& optimizer, std::size_t dim,
                    absl::Span<float* const> rows,
                    absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_OPTIMIZER_H_
