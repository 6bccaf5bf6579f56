#include "kernels/optimizers/adagrad_da.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(AdagradDa, TwoStepsByHand) {
  const AdagradDaSpec spec{
      .learning_rate = 2, .initial_accumulator = 9, .l1 = 1, .l2 = 0.5f};
  std::vector<float> row = NewRow(spec, {77});
  // a = 4, q = 25, w = -2 * (4 - 1) / (0.5 * 1 * 2 + 5): 77 is forgotten.
  Step(spec, {4}, row, 0);
  EXPECT_THAT(row, ElementsAre(-1, 4, 25));
  // a = 16, q = 169, w = -2 * (16 - 2) / (0.5 * 2 * 2 + 13).
  Step(spec, {12}, row, 1);
  EXPECT_THAT(row, ElementsAre(FloatEq(-28 / 15.0f), 16, 169));
}

TEST(AdagradDa, ASmallSumBecomesZero) {
  const AdagradDaSpec spec{.learning_rate = 2, .l1 = 1};
  std::vector<float> row = NewRow(spec, {77});
  Step(spec, {4}, row, 9);
  EXPECT_EQ(row[0], 0);
}

}  // namespace
}  // namespace rowhouse::kernels
