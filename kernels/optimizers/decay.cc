#include "kernels/optimizers/decay.h"

#include <cmath>

#include "kernels/float_math.h"

namespace rowhouse::kernels {

DecayRate RoundedDecay(double beta) {
  const auto rate = static_cast<float>(beta);
  return {.rate = rate, .complement = 1.0f - rate};
}

DecayRate ExactDecay(double beta) {
  return {.rate = static_cast<float>(beta),
          .complement = static_cast<float>(1.0 - beta)};
}

DecayRate MomentDecay(double beta, Generation generation) {
  if (generation != Generation::kKeras) return RoundedDecay(beta);
  DecayRate decay = ExactDecay(beta);
  decay.subtracts = true;
  return decay;
}

float PowerAtStep(double beta, const StepTerms& terms) {
  return FloatPow(static_cast<float>(beta), static_cast<float>(terms.step + 1));
}

float CorrectedRate(double beta_1, double beta_2, const StepTerms& terms) {
  const float root = std::sqrt(1.0f - PowerAtStep(beta_2, terms));
  return terms.learning_rate * root / (1.0f - PowerAtStep(beta_1, terms));
}

}  // namespace rowhouse::kernels
