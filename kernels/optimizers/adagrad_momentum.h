// tf.tpu.experimental.embedding.AdagradMomentum; the formula is the spec's. Two
// slot values per weight: A, "accumulators", then M, "momenta", both first 0.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_ADAGRAD_MOMENTUM_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_ADAGRAD_MOMENTUM_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const AdagradMomentumSpec& spec, std::size_t dim, float* row);
void Apply(const AdagradMomentumSpec& spec, const StepTerms& terms,
           std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_ADAGRAD_MOMENTUM_H_
