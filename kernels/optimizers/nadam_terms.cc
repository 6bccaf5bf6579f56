#include "kernels/optimizers/nadam_terms.h"

#include <cmath>

#include "kernels/float_math.h"
#include "kernels/optimizers/decay.h"

namespace rowhouse::kernels {
namespace {

// The momentum of step t.
float MomentumAt(const NadamSpec& spec, std::uint64_t t) {
  float exponent = static_cast<float>(t);
  if (spec.generation == Generation::kKerasLegacy) {
    exponent *= spec.schedule_decay;
  }
  const float missing = 0.5f * FloatPow(0.96f, exponent);
  return static_cast<float>(spec.beta_1) * (1.0f - missing);
}

// The product of the momenta of steps 1 to t. It ends as 0 where it is too
// small for 1 - P to show it: factors are at most 0.9999 (Validate), so after
// some hundreds of steps as a rule and 210,000 at the most.
float MomentumProduct(const NadamSpec& spec, std::uint64_t t) {
  constexpr float kInvisible = 0x1p-30f;
  const auto limit = static_cast<float>(spec.beta_1);
  float product = 1;
  bool warm = false;  // a factor that is beta_1 itself stays so
  for (std::uint64_t i = 1; i <= t; ++i) {
    const float factor = warm ? limit : MomentumAt(spec, i);
    warm = factor == limit;
    product *= factor;
    if (std::fabs(product) < kInvisible) return 0;
  }
  return product;
}

}  // namespace

NadamTerms NadamTermsOf(const NadamSpec& spec, const StepTerms& terms) {
  const std::uint64_t t = terms.step + 1;
  const float now = MomentumAt(spec, t);
  const float next = MomentumAt(spec, t + 1);
  const float product = MomentumProduct(spec, t);
  return {.gradient = 1.0f - now,
          .gradient_correction = 1.0f - product,
          .mean = next,
          .mean_correction = 1.0f - product * next,
          .square_correction = 1.0f - PowerAtStep(spec.beta_2, terms)};
}

}  // namespace rowhouse::kernels
