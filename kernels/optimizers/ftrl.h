// FTRL-proximal of every generation. Two slot values per weight: A
// (initial_accumulator), then z (0).
//
//   l2' = l2 + beta / (2 * lr)
//   A'  = A + g^2
//   z  += (g + 2 * l2_shrinkage * w) - (A'^-p - A^-p) / lr * w
//   w   = (clamp(z, -l1, l1) - z) / (A'^-p / lr + 2 * l2')
//   A   = A'                                  with p = learning_rate_power
//
// multiply_linear_by_learning_rate: z and what is compared with it are lr times
// as large,
//   z  += lr * (g + 2 * l2_shrinkage * w) - (A'^-p - A^-p) * w
//   w   = (clamp(z, -lr * l1, lr * l1) - z) / (A'^-p + 2 * lr * l2')
//
// So a row that is touched forgets its first weights, and one whose |z| stays
// within l1 becomes 0. In kKeras a row without a gradient goes on as with
// g = 0: one that was never touched becomes 0 in the table's first step. p =
// -0.5 takes the square root, another power goes through FloatPow.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_FTRL_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_FTRL_H_

#include <cstddef>

#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// As InitialSlots, ApplyGradients and MissedStep in optimizer.h.
void FillSlots(const FtrlSpec& spec, std::size_t dim, float* row);
void Apply(const FtrlSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);
void Miss(const FtrlSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_FTRL_H_
