#include "kernels/optimizers/decay.h"

#include <array>
#include <cmath>
#include <vector>

#include "absl/algorithm/container.h"
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

float RunningPowerAtStep(double beta, const StepTerms& terms) {
  // Those of the two betas of some tables; a thread works them in turns. Of
  // each beta every kStride-th power: 32 KiB at most.
  constexpr std::uint64_t kStride = 256;
  struct Powers {
    float beta = 0;
    std::vector<float> kept;
  };
  thread_local std::array<Powers, 64> of_betas;
  thread_local std::size_t oldest = 0;
  if (terms.step >= kRunningPowersMax) return PowerAtStep(beta, terms);
  const auto rounded = static_cast<float>(beta);
  Powers* powers = absl::c_find_if(
      of_betas, [&](const Powers& one) { return one.beta == rounded; });
  if (powers == of_betas.end()) {
    powers = &of_betas[oldest++ % of_betas.size()];
    *powers = {.beta = rounded, .kept = {}};
  }
  const auto multiplied = [rounded](float power, std::uint64_t times) {
    for (; times > 0; --times) power *= rounded;
    return power;
  };
  std::vector<float>& kept = powers->kept;
  if (kept.empty()) kept.push_back(rounded);
  while (kept.size() <= terms.step / kStride) {
    kept.push_back(multiplied(kept.back(), kStride));
  }
  return multiplied(kept[terms.step / kStride], terms.step % kStride);
}

float CorrectedRate(double beta_1, double beta_2, const StepTerms& terms,
                    Generation generation) {
  const auto power =
      generation == Generation::kTf1 ? RunningPowerAtStep : PowerAtStep;
  const float root = std::sqrt(1.0f - power(beta_2, terms));
  return terms.learning_rate * root / (1.0f - power(beta_1, terms));
}

}  // namespace rowhouse::kernels
