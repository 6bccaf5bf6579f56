// Gradient descent: w -= learning_rate * g. No slots.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_SGD_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_SGD_H_

#include <cstddef>

#include "absl/types/span.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::kernels {

// As InitialSlots and ApplyGradients in optimizer.h.
inline void FillSlots(const SgdSpec&, std::size_t, float*) {}
void Apply(const SgdSpec& spec, std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_SGD_H_
