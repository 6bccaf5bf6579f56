#include "kernels/optimizers/yogi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(Yogi, TwoStepsByHand) {
  const YogiSpec spec{.learning_rate = 1.5f,
                      .beta_1 = 0.5,
                      .beta_2 = 0.75,
                      .epsilon = 0,
                      .initial_accumulator = 5};
  std::vector<float> row = NewRow(spec, {2});
  // m = 2; 5 < 16, so v = 5 + 0.25 * 16; the rate is 1.5.
  Step(spec, {4}, row, 0);
  EXPECT_THAT(row, ElementsAre(1, 2, 9));
  // m = 1 + 0.5; 9 > 1, so v = 9 - 0.25; the rate is 1.5 * sqrt(0.4375) / 0.75.
  Step(spec, {1}, row, 1);
  EXPECT_THAT(row, ElementsAre(FloatEq(1 - 2 * std::sqrt(0.4375f) * 1.5f /
                                               std::sqrt(8.75f)),
                               1.5f, 8.75f));
}

}  // namespace
}  // namespace rowhouse::kernels
