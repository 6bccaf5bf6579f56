#include "kernels/optimizers/nadam_terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

// Multiplies out what NadamTermsOf may cut short.
double ProductTo(double beta_1, double decay, std::uint64_t t) {
  double product = 1;
  for (std::uint64_t i = 1; i <= t; ++i) {
    product *= beta_1 * (1 - 0.5 * std::pow(0.96, decay * i));
  }
  return product;
}

TEST(NadamTerms, AreThoseOfTheFormula) {
  for (const std::uint64_t step : {0, 1, 2, 7, 30, 150, 500}) {
    SCOPED_TRACE(step);
    const double t = static_cast<double>(step + 1);
    const NadamTerms terms = NadamTermsOf(NadamSpec{}, {0.1f, step});
    const double product = ProductTo(0.9, 1, step + 1);
    const double now = 0.9 * (1 - 0.5 * std::pow(0.96, t));
    const double next = 0.9 * (1 - 0.5 * std::pow(0.96, t + 1));
    EXPECT_NEAR(terms.gradient, 1 - now, 1e-6);
    EXPECT_NEAR(terms.gradient_correction, 1 - product, 1e-6);
    EXPECT_NEAR(terms.mean, next, 1e-6);
    EXPECT_NEAR(terms.mean_correction, 1 - product * next, 1e-6);
    EXPECT_NEAR(terms.square_correction, 1 - std::pow(double{0.999f}, t), 1e-6);
  }
}

TEST(NadamTerms, LegacyWarmsUpSlowly) {
  const NadamSpec spec{.generation = Generation::kKerasLegacy};
  for (const std::uint64_t step : {0, 3, 40}) {
    const NadamTerms terms = NadamTermsOf(spec, {0.1f, step});
    EXPECT_NEAR(terms.gradient_correction, 1 - ProductTo(0.9, 0.004, step + 1),
                1e-6);
  }
}

// Ends in a moment whatever the step.
TEST(NadamTerms, LateSteps) {
  constexpr std::uint64_t kLate = 1000000000000;
  for (const double beta_1 : {0.9, 0.9999, -0.9999, 0.0}) {
    const NadamSpec spec{.beta_1 = beta_1};
    EXPECT_EQ(NadamTermsOf(spec, {0.1f, kLate}).gradient_correction, 1)
        << beta_1;
  }
}

}  // namespace
}  // namespace rowhouse::kernels
