#include "kernels/optimizers/proximal_sgd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/optimizers/reference.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;

TEST(ProximalSgd, TwoStepsByHand) {
  const ProximalSgdSpec spec{.learning_rate = 0.5f, .l1 = 1, .l2 = 2};
  std::vector<float> row = NewRow(spec, {2, -2});
  Step(spec, {1, -1}, row);  // (1.5 - 0.5) / (1 + 1)
  EXPECT_THAT(row, ElementsAre(0.5f, -0.5f));
  Step(spec, {2, 3}, row);  // 0.5 - 1 is within l1, -0.5 - 1.5 is not
  EXPECT_THAT(row, ElementsAre(0, -0.75f));
}

TEST(ProximalSgd, EqualsItsFormulaToTheBit) {
  const ProximalSgdSpec spec{.learning_rate = 0.3f, .l1 = 0.7f, .l2 = 0.1f};
  ExpectReferenceBits(spec, [&](float g, float* value, const StepTerms& terms) {
    const float rate = terms.learning_rate;
    const float change = rate * g;
    const float p = value[0] - change;
    const float left = std::fabs(p) - rate * spec.l1;
    const float decay = rate * spec.l2;
    value[0] = std::copysign(left <= 0 ? 0 : left, p) / (1 + decay);
  });
}

}  // namespace
}  // namespace rowhouse::kernels
