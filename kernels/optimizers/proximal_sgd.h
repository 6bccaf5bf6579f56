// Gradient descent, then the proximal step of L1 and L2: the formula is
// ProximalSgdSpec's. No slots.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_PROXIMAL_SGD_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_PROXIMAL_SGD_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const ProximalSgdSpec& spec, std::size_t dim, float* row);
void Apply(const ProximalSgdSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_PROXIMAL_SGD_H_
