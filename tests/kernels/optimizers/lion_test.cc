#include "kernels/optimizers/lion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;

TEST(Lion, TwoStepsByHand) {
  const LionSpec spec{.learning_rate = 0.25f, .beta_1 = 0.5, .beta_2 = 0.75};
  std::vector<float> row = NewRow(spec, {2, 2});
  // 0.5 * 4 = 2; m = 0.25 * 4 = 1. No gradient and no m: nothing.
  Step(spec, {4, 0}, row);
  EXPECT_THAT(row, ElementsAre(1.75f, 2, 1, 0));
  // 0.5 * 1 - 0.5 * 2 < 0; m = 0.75 - 0.25 * 2.
  Step(spec, {-2, 1}, row);
  EXPECT_THAT(row, ElementsAre(2, 1.75f, 0.25f, 0.25f));
}

TEST(Lion, ARowGoesOnWithoutAGradient) {
  const LionSpec spec{.learning_rate = 0.25f, .beta_1 = 0.5, .beta_2 = 0.75};
  std::vector<float> row = {2, 2, -1, 0};
  Miss(spec, 2, row);
  EXPECT_THAT(row, ElementsAre(2.25f, 2, -0.75f, 0));
}

}  // namespace
}  // namespace rowhouse::kernels
