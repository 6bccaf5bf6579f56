#include "kernels/optimizers/lamb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(Lamb, TwoStepsByHand) {
  const LambSpec spec{
      .learning_rate = 0.1f, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0};
  std::vector<float> row = NewRow(spec, {3, 4});
  // m / 0.5 = g and v / 0.25 = g^2: the direction is (1, -1).
  Step(spec, {2, -2}, row, 0);
  const float move = 0.1f * 5 / std::sqrt(2.0f);
  EXPECT_THAT(row,
              ElementsAre(FloatEq(3 - move), FloatEq(4 + move), 1, -1, 1, 1));
  // m = (0.5, -0.5), v = (0.75, 0.75), r = m / 0.75 / sqrt(v / 0.4375).
  Step(spec, {0, 0}, row, 1);
  const float norm = std::hypot(3 - move, 4 + move);
  const float second = 0.1f * norm / std::sqrt(2.0f);
  EXPECT_THAT(
      row, ElementsAre(FloatEq(3 - move - second), FloatEq(4 + move + second),
                       0.5f, -0.5f, 0.75f, 0.75f));
}

TEST(Lamb, DecayIsPartOfTheDirection) {
  const LambSpec spec{.learning_rate = 0.5f,
                      .beta_1 = 0.5,
                      .beta_2 = 0.75,
                      .epsilon = 0,
                      .weight_decay = 0.5f};
  std::vector<float> row = NewRow(spec, {4});
  Step(spec, {2}, row);  // u = 1 + 0.5 * 4 = 3, w = 4 - 0.5 * 4 / 3 * 3
  EXPECT_THAT(row, ElementsAre(FloatEq(2), 1, 1));
}

TEST(Lamb, ANormOfZeroIsTrusted) {
  const LambSpec spec{
      .learning_rate = 0.5f, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0};
  std::vector<float> row = NewRow(spec, {0});
  Step(spec, {2}, row);
  EXPECT_THAT(row, ElementsAre(-0.5f, 1, 1));
}

}  // namespace
}  // namespace rowhouse::kernels
