#include "kernels/optimizers/optimizer.h"

#include <variant>

#include "kernels/optimizers/adagrad.h"
#include "kernels/optimizers/ftrl.h"
#include "kernels/optimizers/sgd.h"

namespace rowhouse::kernels {

// Each optimizer overloads FillSlots and Apply for its spec; one that forgets
// to does not compile.

void InitialSlots(const OptimizerSpec& optimizer, std::size_t dim, float* row) {
  std::visit(
      [&](const auto& spec) {
        if constexpr (requires { FillSlots(spec, dim, row); }) {
          FillSlots(spec, dim, row);
        }
      },
      optimizer);
}

void ApplyGradients(const OptimizerSpec& optimizer, std::size_t dim,
                    absl::Span<float* const> rows,
                    absl::Span<const float* const> gradients) {
  std::visit(
      [&](const auto& spec) {
        if constexpr (requires { Apply(spec, dim, rows, gradients); }) {
          Apply(spec, dim, rows, gradients);
        }
      },
      optimizer);
}

}  // namespace rowhouse::kernels
