// Adam and AMSGrad of every generation, lazy or not; the formula is AdamSpec's.
// Two slot values per weight, m and v, with amsgrad a third, vhat; first 0. A
// row without a gradient goes on as with g = 0, unless `lazy`.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_ADAM_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_ADAM_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const AdamSpec& spec, std::size_t dim, float* row);
void Apply(const AdamSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const AdamSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_ADAM_H_
