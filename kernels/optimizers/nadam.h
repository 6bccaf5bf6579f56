// Nadam of both Keras generations; the formula is NadamSpec's. Two slot values
// per weight, m and v, first 0. A row without a gradient goes on as with g = 0;
// in kKerasLegacy its m and v alone.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_NADAM_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_NADAM_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const NadamSpec& spec, std::size_t dim, float* row);
void Apply(const NadamSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const NadamSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_NADAM_H_
