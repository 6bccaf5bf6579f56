#include "kernels/optimizers/sgd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/optimizers/reference.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;

TEST(Sgd, TwoStepsByHand) {
  const SgdSpec spec{.learning_rate = 0.5f};
  std::vector<float> row = NewRow(spec, {1, -2});
  Step(spec, {2, 4}, row);
  EXPECT_THAT(row, ElementsAre(0, -4));
  Step(spec, {-1, 0.5f}, row);
  EXPECT_THAT(row, ElementsAre(0.5f, -4.25f));
}

TEST(Sgd, EqualsItsFormulaToTheBit) {
  const SgdSpec spec{.learning_rate = 0.1f};
  ExpectReferenceBits(spec, [&](float g, float* value, const StepTerms&) {
    const float change = spec.learning_rate * g;
    value[0] = value[0] - change;
  });
}

// tf.compat.v1.train.GradientDescentOptimizer, a row with a repeated id.
TEST(Sgd, RecordedTensorFlow) {
  ExpectRecorded(
      SgdSpec{.learning_rate = 0.1f}, {-0.04f, -0.105f, 0.499f},
      {
          {{{0.486f, -0.652f, -0.492f}, {-0.544f, -0.567f, 0.89f}},
           {-0.03419999f, 0.016900003f, 0.45920002f}},
          {{{-0.925f, -0.948f, 0.374f}},
           {0.05830001f, 0.111700006f, 0.42180002f}},
          {{{0.401f, 0.852f, 0.802f}}, {0.01820001f, 0.026500002f, 0.3416f}},
          {{{-0.417f, -0.185f, 0.482f}}, {0.059900012f, 0.045f, 0.2934f}},
      });
}

}  // namespace
}  // namespace rowhouse::kernels
