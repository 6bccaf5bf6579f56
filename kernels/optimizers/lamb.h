// LAMB with one trust ratio per row: the formula is LambSpec's. Two slot values
// per weight, m and v, first 0.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_LAMB_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_LAMB_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const LambSpec& spec, std::size_t dim, float* row);
void Apply(const LambSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_LAMB_H_
