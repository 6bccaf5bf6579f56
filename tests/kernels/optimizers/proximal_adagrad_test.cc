#include "kernels/optimizers/proximal_adagrad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(ProximalAdagrad, TwoStepsByHand) {
  const ProximalAdagradSpec spec{
      .learning_rate = 5, .initial_accumulator = 9, .l1 = 0.5f, .l2 = 1};
  std::vector<float> row = NewRow(spec, {2});
  // A = 25, r = 1, p = -2, w = -(2 - 0.5) / (1 + 1).
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(-0.75f, 25));
  // A = 169, r = 5 / 13, p = -0.75 - 60 / 13,
  // w = -(0.75 + 60 / 13 - 2.5 / 13) / (18 / 13).
  Step(spec, {12}, row);
  EXPECT_THAT(row, ElementsAre(FloatEq(-(0.75f * 13 + 57.5f) / 18), 169));
}

}  // namespace
}  // namespace rowhouse::kernels
