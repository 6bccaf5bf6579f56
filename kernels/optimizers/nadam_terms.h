// What a step of Nadam knows beside the rows: the warm-up of its momentum.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_NADAM_TERMS_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_NADAM_TERMS_H_

#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// With M_t = beta_1 * (1 - 0.96^(d * t) / 2) and P = M_1 * ... * M_t:
struct NadamTerms {
  float gradient = 0;             // 1 - M_t
  float gradient_correction = 0;  // 1 - P
  float mean = 0;                 // M_{t+1}
  float mean_correction = 0;      // 1 - P * M_{t+1}
  float square_correction = 0;    // 1 - beta_2^t
};

// A function of the step alone, where TensorFlow keeps P in a variable, which
// counts as many steps as the optimizer: the same factors in the same order.
// Works through the steps until P is too small to show, 200 with beta_1 0.9.
NadamTerms NadamTermsOf(const NadamSpec& spec, const StepTerms& terms);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_NADAM_TERMS_H_
