// Adagrad with dual averaging: the formula is AdagradDaSpec's. Two slot values
// per weight: the sum of gradients (0), then that of their squares
// (initial_accumulator). w is a function of them and of the step.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_ADAGRAD_DA_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_ADAGRAD_DA_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const AdagradDaSpec& spec, std::size_t dim, float* row);
void Apply(const AdagradDaSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_ADAGRAD_DA_H_
