#include "kernels/optimizers/rms_prop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using G = Generation;

TEST(RmsProp, TensorFlowOneByHand) {
  const RmsPropSpec spec{.generation = G::kTf1,
                         .learning_rate = 0.75f,
                         .rho = 0.75,
                         .momentum = 0.5f,
                         .epsilon = 4.25f};
  std::vector<float> row = NewRow(spec, {2});
  EXPECT_THAT(row, ElementsAre(2, 1, 0));
  // s = 0.75 + 0.25 * 16, b = 0.75 * 4 / sqrt(4.75 + 4.25).
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(1, 4.75f, 1));
  Step(spec, {0}, row);  // b = 0.5
  EXPECT_THAT(row, ElementsAre(0.5f, 3.5625f, 0.5f));
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(0.5f, 3.5625f, 0.5f));
}

TEST(RmsProp, LegacyHasEpsilonOutsideTheRoot) {
  const RmsPropSpec spec{.generation = G::kKerasLegacy,
                         .learning_rate = 1,
                         .rho = 0.75,
                         .epsilon = 2};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row);  // s = 4, w = 2 - 4 / (2 + 2)
  EXPECT_THAT(row, ElementsAre(1, 4));
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(1, 3));
}

TEST(RmsProp, LegacyWithMomentumRestsWithoutAGradient) {
  const RmsPropSpec spec{.generation = G::kKerasLegacy,
                         .learning_rate = 0.75f,
                         .rho = 0.75,
                         .momentum = 0.5f,
                         .epsilon = 5};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row);  // s = 4, b = 0.75 * 4 / sqrt(4 + 5)
  EXPECT_THAT(row, ElementsAre(1, 4, 1));
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(1, 4, 1));
}

TEST(RmsProp, KerasByHand) {
  RmsPropSpec spec{.learning_rate = 0.75f, .rho = 0.75, .epsilon = 5};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row);  // s = 4, w = 2 - 0.75 * 4 / sqrt(4 + 5)
  EXPECT_THAT(row, ElementsAre(1, 4));
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(1, 3));
  spec.momentum = 0.5f;
  row = NewRow(spec, {2});
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(1, 4, 1));
  Miss(spec, 1, row);  // b = 0.5, every row
  EXPECT_THAT(row, ElementsAre(0.5f, 3, 0.5f));
}

TEST(RmsProp, CenteredByHand) {
  RmsPropSpec spec{
      .learning_rate = 0.5f, .rho = 0.75, .epsilon = 1, .centered = true};
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row);  // q = 1, w = 2 - 0.5 * 4 / sqrt(4 - 1 + 1)
  EXPECT_THAT(row, ElementsAre(1, 4, 1));
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(1, 3, 0.75f));
  spec.momentum = 0.5f;
  row = NewRow(spec, {2});
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(1, 4, 1, 1));
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(0.5f, 3, 0.5f, 0.75f));
}

// Nothing is divided where there is no gradient.
TEST(RmsProp, AMissedStepOfAFreshRowIsHarmless) {
  RmsPropSpec spec{.epsilon = 0};
  std::vector<float> row = NewRow(spec, {2});
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(2, 0));
  spec.momentum = 0.5f;
  row = NewRow(spec, {2});
  Miss(spec, 1, row);
  EXPECT_THAT(row, ElementsAre(2, 0, 0));
}

}  // namespace
}  // namespace rowhouse::kernels
