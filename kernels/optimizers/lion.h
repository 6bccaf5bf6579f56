// Keras's Lion; the formula is LionSpec's. One slot value per weight, m, first
// 0. A row without a gradient goes on as with g = 0.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_LION_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_LION_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const LionSpec& spec, std::size_t dim, float* row);
void Apply(const LionSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const LionSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_LION_H_
