// What a step of a table knows beside the spec.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_STEP_TERMS_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_STEP_TERMS_H_

#include <cstdint>

namespace rowhouse::kernels {

struct StepTerms {
  float learning_rate = 0;
  // Steps of the table done before this one: TensorFlow's `iterations` before
  // it counts the step. So the t of the formulas is step + 1.
  std::uint64_t step = 0;
};

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_STEP_TERMS_H_
