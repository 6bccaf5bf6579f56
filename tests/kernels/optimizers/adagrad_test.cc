#include "kernels/optimizers/adagrad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/optimizers/reference.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

TEST(Adagrad, TwoStepsByHand) {
  const AdagradSpec spec{.learning_rate = 1.25f, .initial_accumulator = 9};
  std::vector<float> row = NewRow(spec, {2, 2});
  // A = 9 + 16 = 25, w = 2 - 1.25 * 4 / 5.
  Step(spec, {4, -4}, row);
  EXPECT_THAT(row, ElementsAre(1, 3, 25, 25));
  // A = 25 + 144 = 169, w = 1 - 1.25 * 12 / 13; a zero gradient moves nothing.
  Step(spec, {12, 0}, row);
  EXPECT_THAT(row, ElementsAre(FloatEq(1 - 15.0f / 13), 3, 169, 25));
}

TEST(Adagrad, EpsilonIsAddedToTheRoot) {
  const AdagradSpec spec{
      .learning_rate = 1, .initial_accumulator = 9, .epsilon = 3};
  std::vector<float> row = NewRow(spec, {2});
  // A = 25, w = 2 - 4 / (5 + 3).
  Step(spec, {4}, row);
  EXPECT_THAT(row, ElementsAre(1.5f, 25));
}

TEST(Adagrad, EqualsItsFormulaToTheBit) {
  for (const float epsilon : {0.0f, 1e-7f, 0.3f}) {
    const AdagradSpec spec{.learning_rate = 0.05f, .epsilon = epsilon};
    ExpectReferenceBits(spec, [&](float g, float* value, const StepTerms&) {
      const float square = g * g;
      const float a = value[1] + square;
      const float rate = spec.learning_rate * g;
      const float change = rate / (std::sqrt(a) + epsilon);
      value[0] = value[0] - change;
      value[1] = a;
    });
  }
}

// tf.compat.v1.train.AdagradOptimizer, dim 1, the second step repeated.
TEST(Adagrad, RecordedTensorFlowV1) {
  ExpectRecorded(AdagradSpec{.learning_rate = 0.1f}, {0.356f},
                 {
                     {{{-0.473f}}, {0.4391324f, 0.32372898f}},
                     {{{-0.661f}, {0.167f}}, {0.504693f, 0.567765f}},
                 });
}

// tf.keras.optimizers.legacy.Adagrad with its default epsilon.
TEST(Adagrad, RecordedKerasLegacy) {
  ExpectRecorded(AdagradSpec{.learning_rate = 0.1f, .epsilon = 1e-7f},
                 {0.993f, -0.464f},
                 {
                     {{{0.752f, 0.299f}, {0.506f, -0.59f}},
                      {0.89601713f, -0.39628547f, 1.6825638f, 0.184681f}},
                     {{{-0.73f, 0.866f}},
                      {0.9450617f, -0.48586243f, 2.2154639f, 0.934637f}},
                     {{{-0.536f, -0.723f}},
                      {0.97894263f, -0.4259725f, 2.50276f, 1.457366f}},
                 });
}

// The same with accumulator 0 and a large epsilon.
TEST(Adagrad, RecordedKerasLegacyArguments) {
  ExpectRecorded(
      AdagradSpec{
          .learning_rate = 0.5f, .initial_accumulator = 0, .epsilon = 0.01f},
      {-0.449f, 0.592f, 0.371f, -0.685f, -0.53f, -0.747f, -0.779f, -0.882f},
      {
          {{{0.842f, 0.216f, 0.868f, -0.73f, 0.697f, 0.93f, 0.249f, 0.433f}},
           {-0.94313145f, 0.11412391f, -0.12330526f, -0.19175676f, -1.0229279f,
            -1.2416809f, -1.2596949f, -1.3707134f, 0.708964f, 0.046656f,
            0.7534239f, 0.53290004f, 0.48580903f, 0.8649f, 0.062000997f,
            0.187489f}},
          {{{-0.581f, 0.835f, 0.906f, -0.068f, 0.157f, -0.685f, 0.979f, 0.33f},
            {-0.045f, 0.773f, -0.526f, 0.302f, -0.872f, -0.574f, 0.269f,
             -0.738f}},
           {-0.64762795f, -0.3783896f, -0.32173127f, -0.34241593f, -0.66844666f,
            -0.8420596f, -1.7462076f, -1.0334896f, 1.10084f, 2.63232f,
            0.8978239f, 0.587656f, 0.997034f, 2.4499812f, 1.6195048f,
            0.35395297f}},
      });
}

}  // namespace
}  // namespace rowhouse::kernels
