// What a step does to rows around the optimizer: each rule of an UpdateSpec as
// a pass over a batch of rows. optimizer.h puts them in order.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_ROW_RULES_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_ROW_RULES_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/update.h"

namespace rowhouse::kernels {

// Rows have `dim` weights, gradients `dim` floats. All are thread-safe for
// disjoint rows; all let NaN through.

// g += l1 * sign(w) + 2 * l2 * w.
void AddRegularizer(const Regularizer& regularizer, std::size_t dim,
                    absl::Span<const float* const> rows,
                    absl::Span<float* const> gradients);

// Each of the `dim` floats of each vector into the limits.
void Limit(const ValueLimits& limits, std::size_t dim,
           absl::Span<float* const> vectors);

// w -= w * factor, or w * factor * rate. Which rows are decayed is the
// caller's business.
void DecayWeights(const WeightDecay& decay, const StepTerms& terms,
                  std::size_t dim, absl::Span<float* const> rows);

// average = momentum * average + (1 - momentum) * w, and w = average where the
// step's number is a multiple of the overwrite frequency. The average is
// `average_at` floats behind the weight.
void MoveAverage(const MovingAverage& average, const StepTerms& terms,
                 std::size_t dim, std::size_t average_at,
                 absl::Span<float* const> rows);

// Nothing for monostate.
void Constrain(const ConstraintSpec& constraint, std::size_t dim,
               absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_ROW_RULES_H_
