// FTRL-proximal as tf.compat.v1.train.FtrlOptimizer does it. Two slot values
// per weight: A, "accum" (initial_accumulator), then z, "linear" (0).
//
//   l2' = l2 + beta / (2 * learning_rate)
//   A'  = A + g^2
//   z  += (g + 2 * l2_shrinkage * w) - (A'^-p - A^-p) / learning_rate * w
//   w   = (clamp(z, -l1, l1) - z) / (A'^-p / learning_rate + 2 * l2')
//   A   = A'                                  with p = learning_rate_power
//
// So a row that is touched forgets its first weights, and one whose |z| stays
// within l1 becomes 0. p = -0.5 takes the exact square root; any other power
// goes through std::pow, whose last bit is the C library's: such a table is
// outside the promise of equal bits on unequal machines.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_FTRL_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_FTRL_H_

#include <cstddef>

#include "absl/types/span.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
void FillSlots(const FtrlSpec& spec, std::size_t dim, float* row);
void Apply(const FtrlSpec& spec, std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_FTRL_H_
