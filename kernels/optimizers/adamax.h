// Adamax of every generation; the formula is AdamaxSpec's. Two slot values per
// weight, m and u, first 0. In kKeras a row without a gradient goes on as with
// g = 0.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_ADAMAX_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_ADAMAX_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const AdamaxSpec& spec, std::size_t dim, float* row);
void Apply(const AdamaxSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const AdamaxSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_ADAMAX_H_
