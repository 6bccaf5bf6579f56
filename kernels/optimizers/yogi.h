// Yogi: the formula is YogiSpec's. Two slot values per weight: m (0), then v
// (initial_accumulator).
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_YOGI_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_YOGI_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const YogiSpec& spec, std::size_t dim, float* row);
void Apply(const YogiSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_YOGI_H_
