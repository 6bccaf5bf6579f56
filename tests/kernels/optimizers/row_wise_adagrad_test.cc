#include "kernels/optimizers/row_wise_adagrad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(RowWiseAdagrad, TwoStepsByHand) {
  const RowWiseAdagradSpec spec{.learning_rate = 1, .epsilon = 0};
  std::vector<float> row = NewRow(spec, {2, 3});
  EXPECT_THAT(row, ElementsAre(2, 3, 0));
  Step(spec, {1, 7}, row);  // A = (1 + 49) / 2
  EXPECT_THAT(row, ElementsAre(FloatEq(1.8f), FloatEq(1.6f), 25));
  Step(spec, {12, -12}, row);  // A = 25 + 144
  EXPECT_THAT(row, ElementsAre(FloatEq(1.8f - 12 / 13.0f),
                               FloatEq(1.6f + 12 / 13.0f), 169));
}

TEST(RowWiseAdagrad, RowsAreForThemselves) {
  const TableSpec table =
      TableOf(RowWiseAdagradSpec{.initial_accumulator = 9, .epsilon = 1}, 1);
  std::vector<float> a = {1, 9}, b = {1, 9};
  const float ga = 4, gb = 0;
  ApplyGradients(table, {.learning_rate = 1.5f}, {a.data(), b.data()},
                 {&ga, &gb});
  EXPECT_THAT(a, ElementsAre(0, 25));  // 1 - 1.5 * 4 / (5 + 1)
  EXPECT_THAT(b, ElementsAre(1, 9));
}

}  // namespace
}  // namespace rowhouse::kernels
