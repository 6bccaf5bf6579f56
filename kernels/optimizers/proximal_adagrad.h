// Adagrad, then the proximal step of L1 and L2: the formula is
// ProximalAdagradSpec's. One slot value per weight: A, "accumulator".
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_PROXIMAL_ADAGRAD_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_PROXIMAL_ADAGRAD_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const ProximalAdagradSpec& spec, std::size_t dim, float* row);
void Apply(const ProximalAdagradSpec& spec, const StepTerms& terms,
           std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_PROXIMAL_ADAGRAD_H_
