#include "kernels/optimizers/adam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/optimizers/decay.h"
#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/optimizers/reference.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;
using G = Generation;

// beta 0.5 and 0.75 are exact in float: every generation rounds them alike.
AdamSpec Exact() {
  return {.learning_rate = 1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0};
}

TEST(Adam, TwoStepsByHand) {
  for (const G generation : {G::kTf1, G::kKerasLegacy, G::kKeras}) {
    AdamSpec spec = Exact();
    spec.generation = generation;
    std::vector<float> row = NewRow(spec, {2});
    // m = 2, v = 4, the rate is sqrt(1 - 0.75) / (1 - 0.5) = 1.
    Step(spec, {4}, row, 0);
    EXPECT_THAT(row, ElementsAre(1, 2, 4));
    // m = 1 + 1, v = 3 + 1, the rate is sqrt(1 - 0.5625) / 0.75 = 0.8819171.
    Step(spec, {2}, row, 1);
    EXPECT_THAT(row, ElementsAre(FloatNear(0.11808290f, 1e-6f), 2, 4));
    // m = 1, v = 3, the rate is sqrt(1 - 0.421875) / 0.875 = 0.8689661.
    Miss(spec, 1, row, 2);
    EXPECT_THAT(row, ElementsAre(FloatNear(-0.38361481f, 1e-6f), 1, 3));
  }
}

TEST(Adam, LazyRestsWithoutAGradient) {
  AdamSpec spec = Exact();
  spec.lazy = true;
  std::vector<float> row = {1, 2, 4};
  Miss(spec, 1, row, 1);
  EXPECT_THAT(row, ElementsAre(1, 2, 4));
  Step(spec, {2}, row, 1);
  EXPECT_THAT(row, ElementsAre(FloatNear(0.11808290f, 1e-6f), 2, 4));
}

TEST(Adam, AmsgradDividesByTheGreatest) {
  AdamSpec spec = Exact();
  spec.amsgrad = true;
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row, 0);
  EXPECT_THAT(row, ElementsAre(1, 2, 4, 4));
  Miss(spec, 1, row, 1);  // v = 3, but w = 1 - 0.8819171 * 1 / 2
  EXPECT_THAT(row, ElementsAre(FloatEq(0.55904145f), 1, 3, 4));
}

TEST(Adam, OnATpuNothingIsCorrected) {
  AdamSpec spec = Exact();
  spec.generation = G::kTpu;
  spec.learning_rate = 0.5f;
  spec.epsilon = 2;
  std::vector<float> row = NewRow(spec, {2});
  Step(spec, {4}, row, 0);  // w = 2 - 0.5 * 2 / (2 + 2)
  EXPECT_THAT(row, ElementsAre(1.75f, 2, 4));
  spec.sum_inside_sqrt = true;
  row = {2, 0, 0};
  spec.epsilon = std::sqrt(5.0f);
  Step(spec, {4}, row, 0);  // w = 2 - 0.5 * 2 / sqrt(4 + 5)
  EXPECT_THAT(row, ElementsAre(FloatEq(5 / 3.0f), 2, 4));
}

// Generations differ by the rounding of 1 - beta_2.
TEST(Adam, KerasSubtractsInDouble) {
  AdamSpec spec{.generation = G::kKeras};
  std::vector<float> row = NewRow(spec, {0});
  Step(spec, {1}, row);
  EXPECT_EQ(row[2], 0.001f);
  spec.generation = G::kKerasLegacy;
  row = NewRow(spec, {0});
  Step(spec, {1}, row);
  EXPECT_EQ(row[2], 1.0f - 0.999f);
  EXPECT_NE(1.0f - 0.999f, 0.001f);
}

TEST(Adam, AnInfiniteMeanBecomesNanInKerasAlone) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  AdamSpec spec{.generation = G::kKeras};
  std::vector<float> row = {0, kInfinity, 1};
  Miss(spec, 1, row);
  EXPECT_TRUE(std::isnan(row[1]));
  spec.generation = G::kKerasLegacy;
  row = {0, kInfinity, 1};
  Miss(spec, 1, row);
  EXPECT_EQ(row[1], kInfinity);
}

TEST(Adam, EqualsItsFormulaToTheBit) {
  const AdamSpec spec{.generation = G::kKerasLegacy};
  ExpectReferenceBits(spec, [&](float g, float* value, const StepTerms& terms) {
    constexpr float kBeta1 = 0.9f;
    constexpr float kBeta2 = 0.999f;
    const float rate = CorrectedRate(0.9, 0.999, terms, spec.generation);
    const float m_kept = value[1] * kBeta1;
    const float m_added = g * (1 - kBeta1);
    value[1] = m_kept + m_added;
    const float square = g * g;
    const float v_kept = value[2] * kBeta2;
    const float v_added = square * (1 - kBeta2);
    value[2] = v_kept + v_added;
    const float scaled = value[1] * rate;
    value[0] = value[0] - scaled / (std::sqrt(value[2]) + spec.epsilon);
  });
}

}  // namespace
}  // namespace rowhouse::kernels
