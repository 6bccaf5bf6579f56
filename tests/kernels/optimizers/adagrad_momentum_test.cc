#include "kernels/optimizers/adagrad_momentum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(AdagradMomentum, TwoStepsByHand) {
  AdagradMomentumSpec spec{.learning_rate = 0.5f, .momentum = 0.5f};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row);  // A = 16, P = 4 / 4, M = 1
  EXPECT_THAT(row, ElementsAre(1.5f, 16, 1));
  Step(spec, {3}, row);  // A = 25, P = 3 / 5, M = 0.5 + 0.6
  EXPECT_THAT(row, ElementsAre(FloatEq(0.95f), 25, FloatEq(1.1f)));
  spec.nesterov = true;
  row = NewRow(spec, {2});
  Step(spec, {4}, row);  // w = 2 - 0.5 * (0.5 + 1)
  EXPECT_THAT(row, ElementsAre(1.25f, 16, 1));
  Step(spec, {3}, row);  // w = 1.25 - 0.5 * (0.55 + 0.6)
  EXPECT_THAT(row, ElementsAre(FloatEq(0.675f), 25, FloatEq(1.1f)));
}

TEST(AdagradMomentum, ExponentAndMeanByHand) {
  const AdagradMomentumSpec spec{
      .learning_rate = 0.5f, .exponent = 4, .beta_2 = 0.75};
  std::vector<float> row = NewRow(spec, {2});
  // A = 0.25 * 64 = 16, P = 8 / 16^(1/4), w = 2 - 0.5 * 4.
  Step(spec, {8}, row);
  EXPECT_THAT(row, ElementsAre(FloatEq(0), 16, FloatEq(4)));
  Step(spec, {0}, row);  // A = 12, M = 0
  EXPECT_THAT(row, ElementsAre(FloatEq(0), 12, 0));
}

}  // namespace
}  // namespace rowhouse::kernels
