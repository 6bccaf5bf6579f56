#include "examples/dense/loss.h"

#include <cmath>

#include "gtest/gtest.h"

namespace rowhouse::dense {
namespace {

TEST(Loss, OfSquaredErrorsIsTheirMean) {
  Matrix outputs(2, 1);
  outputs << 3.0f, -1.0f;
  const Loss loss = MeanSquaredError(outputs, {1.0f, 0.0f});
  EXPECT_DOUBLE_EQ(loss.value, 2.5);
  EXPECT_EQ(loss.gradients(0, 0), 2.0f);
  EXPECT_EQ(loss.gradients(1, 0), -1.0f);
}

TEST(Loss, OfLogitsIsMinusTheLogarithmOfTheLabelsProbability) {
  Matrix logits(2, 1);
  logits << 0.0f, 2.0f;
  const Loss loss = MeanLogLoss(logits, {1.0f, 0.0f});
  const double probability = 1 / (1 + std::exp(-2.0));
  EXPECT_NEAR(loss.value, (std::log(2.0) - std::log(1 - probability)) / 2,
              1e-12);
  EXPECT_FLOAT_EQ(loss.gradients(0, 0), -0.25f);
  EXPECT_FLOAT_EQ(loss.gradients(1, 0), static_cast<float>(probability / 2));
}

// Far from zero the exponential of one sign overflows: the loss is the line.
TEST(Loss, OfLargeLogitsIsFinite) {
  Matrix logits(2, 1);
  logits << 1000.0f, -1000.0f;
  const Loss wrong = MeanLogLoss(logits, {0.0f, 1.0f});
  EXPECT_DOUBLE_EQ(wrong.value, 1000);
  EXPECT_FLOAT_EQ(wrong.gradients(0, 0), 0.5f);
  EXPECT_FLOAT_EQ(wrong.gradients(1, 0), -0.5f);
  const Loss right = MeanLogLoss(logits, {1.0f, 0.0f});
  EXPECT_DOUBLE_EQ(right.value, 0);
  EXPECT_EQ(right.gradients, Matrix::Zero(2, 1));
}

}  // namespace
}  // namespace rowhouse::dense
