// Gradient descent with momentum: tf.compat.v1.train.MomentumOptimizer and
// tf.keras.optimizers.SGD, whose momentum has the rate in it. The formulas are
// MomentumSpec's. One slot value per weight, first 0. In kKeras a row without a
// gradient goes on as with g = 0.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_MOMENTUM_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_MOMENTUM_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const MomentumSpec& spec, std::size_t dim, float* row);
void Apply(const MomentumSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const MomentumSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_MOMENTUM_H_
