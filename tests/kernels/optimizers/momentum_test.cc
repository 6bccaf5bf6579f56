#include "kernels/optimizers/momentum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/optimizers/reference.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using G = Generation;

TEST(Momentum, TensorFlowOneByHand) {
  MomentumSpec spec{.learning_rate = 0.5f, .momentum = 0.5f};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row);  // a = 4
  EXPECT_THAT(row, ElementsAre(0, 4));
  Step(spec, {2}, row);  // a = 2 + 2
  EXPECT_THAT(row, ElementsAre(-2, 4));
  spec.nesterov = true;
  row = NewRow(spec, {2});
  Step(spec, {4}, row);  // w = 2 - 2 - 0.5 * 0.5 * 4
  EXPECT_THAT(row, ElementsAre(-1, 4));
  Step(spec, {2}, row);  // w = -1 - 1 - 0.5 * 0.5 * 4
  EXPECT_THAT(row, ElementsAre(-3, 4));
}

TEST(Momentum, KerasHasTheRateInside) {
  for (const G generation : {G::kKerasLegacy, G::kKeras}) {
    MomentumSpec spec{generation, 0.5f, 0.5f, false};
    std::vector<float> row = NewRow(spec, {2});
    Step(spec, {4}, row);  // a = -2
    EXPECT_THAT(row, ElementsAre(0, -2));
    Step(spec, {2}, row);  // a = -1 - 1
    EXPECT_THAT(row, ElementsAre(-2, -2));
    spec.nesterov = true;
    row = NewRow(spec, {2});
    Step(spec, {4}, row);  // w = 2 + 0.5 * -2 - 2
    EXPECT_THAT(row, ElementsAre(-1, -2));
    Step(spec, {2}, row);  // w = -1 + 0.5 * -2 - 1
    EXPECT_THAT(row, ElementsAre(-3, -2));
  }
}

TEST(Momentum, InKerasARowGoesOnWithoutAGradient) {
  MomentumSpec spec{G::kKeras, 0.5f, 0.5f, false};
  std::vector<float> row = {2, -2};
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(1, -1));
  spec.nesterov = true;
  Miss(spec, 1, row);  // a = -0.5, w = 1 + 0.5 * -0.5
  EXPECT_THAT(row, ElementsAre(0.75f, -0.5f));
}

TEST(Momentum, EqualsItsFormulaToTheBit) {
  const MomentumSpec spec{.momentum = 0.7f};
  ExpectReferenceBits(spec, [&](float g, float* value, const StepTerms& terms) {
    const float kept = spec.momentum * value[1];
    value[1] = kept + g;
    const float change = terms.learning_rate * value[1];
    value[0] = value[0] - change;
  });
}

}  // namespace
}  // namespace rowhouse::kernels
