// Adagrad with one accumulator per row, as FBGEMM's EXACT_ROWWISE_ADAGRAD:
// A += mean of g^2; w -= learning_rate / (sqrt(A) + epsilon) * g. One slot
// value per row: A, "accumulator".
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_ROW_WISE_ADAGRAD_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_ROW_WISE_ADAGRAD_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const RowWiseAdagradSpec& spec, std::size_t dim, float* row);
void Apply(const RowWiseAdagradSpec& spec, const StepTerms& terms,
           std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_ROW_WISE_ADAGRAD_H_
