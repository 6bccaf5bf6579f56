// Adadelta of every generation; the formula is AdadeltaSpec's. Two slot values
// per weight, a and u, first 0. In kKeras a row without a gradient goes on as
// with g = 0.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_ADADELTA_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_ADADELTA_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const AdadeltaSpec& spec, std::size_t dim, float* row);
void Apply(const AdadeltaSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const AdadeltaSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_ADADELTA_H_
