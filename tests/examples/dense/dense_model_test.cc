#include "examples/dense/dense_model.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::dense {
namespace {

Matrix Inputs() {
  Matrix inputs(3, 4);
  inputs << 0.5f, -1.0f, 2.0f, 0.25f,  //
      1.5f, 0.75f, -0.5f, 1.0f,        //
      -0.25f, 0.5f, 1.0f, -1.5f;
  return inputs;
}

// A loss with a known gradient: the logits, weighted.
const float kWeights[] = {1.0f, -2.0f, 0.5f};

double Loss(DenseModel& model, const Matrix& inputs) {
  const Matrix& logits = model.Forward(inputs);
  double loss = 0;
  for (int row = 0; row < 3; ++row) loss += kWeights[row] * logits(row, 0);
  return loss;
}

Matrix LogitGradients() {
  Matrix gradients(3, 1);
  gradients << kWeights[0], kWeights[1], kWeights[2];
  return gradients;
}

// The network is linear between the kinks of its ReLUs, so a difference
// quotient over a small step is exact but for rounding.
constexpr float kStep = 1e-3f;
constexpr double kTolerance = 5e-3;

TEST(DenseModel, GradientsOfParametersAreDifferenceQuotients) {
  DenseModel model({4, 5, 3, 1}, 11);
  const Matrix inputs = Inputs();
  model.Forward(inputs);
  model.Backward(LogitGradients());
  int nonzero = 0;
  for (DenseModel::Parameter& parameter : model.parameters()) {
    for (Eigen::Index i = 0; i < parameter.value.size(); ++i) {
      float& value = parameter.value.data()[i];
      const float kept = value;
      value = kept + kStep;
      const double above = Loss(model, inputs);
      value = kept - kStep;
      const double below = Loss(model, inputs);
      value = kept;
      const double expected = (above - below) / (2 * kStep);
      EXPECT_NEAR(parameter.gradient.data()[i], expected, kTolerance);
      nonzero += std::abs(expected) > 0.01 ? 1 : 0;
    }
  }
  EXPECT_GT(nonzero, 20);
}

TEST(DenseModel, GradientsOfInputsAreDifferenceQuotients) {
  DenseModel model({4, 5, 3, 1}, 11);
  Matrix inputs = Inputs();
  model.Forward(inputs);
  const Matrix gradients = model.Backward(LogitGradients());
  for (Eigen::Index i = 0; i < inputs.size(); ++i) {
    float& value = inputs.data()[i];
    const float kept = value;
    value = kept + kStep;
    const double above = Loss(model, inputs);
    value = kept - kStep;
    const double below = Loss(model, inputs);
    value = kept;
    EXPECT_NEAR(gradients.data()[i], (above - below) / (2 * kStep), kTolerance);
  }
}

// Adam's first step is the rate against the gradient's sign, whatever its size;
// the second, with the same gradient, is the same again.
TEST(DenseModel, StepsAsAdam) {
  DenseModel model({1, 1}, 1);
  Matrix inputs(1, 1);
  inputs << 2.0f;
  Matrix up(1, 1);
  up << 3.0f;
  DenseModel::Parameter& weight = model.parameters()[0];
  DenseModel::Parameter& bias = model.parameters()[1];
  const float before = weight.value(0, 0);
  for (int step = 1; step <= 2; ++step) {
    model.Forward(inputs);
    model.Backward(up);
    EXPECT_FLOAT_EQ(weight.gradient(0, 0), 6.0f);
    EXPECT_FLOAT_EQ(bias.gradient(0, 0), 3.0f);
    model.Step(0.01f);
    EXPECT_NEAR(weight.value(0, 0), before - 0.01f * step, 1e-6);
    EXPECT_NEAR(bias.value(0, 0), -0.01f * step, 1e-6);
  }
}

TEST(DenseModel, BeginsWithinGlorotsBoundsAndBySeed) {
  DenseModel one({40, 20, 1}, 1);
  DenseModel same({40, 20, 1}, 1);
  DenseModel other({40, 20, 1}, 2);
  const Matrix& weights = one.parameters()[0].value;
  const float limit = std::sqrt(6.0f / 60.0f);
  EXPECT_LE(weights.cwiseAbs().maxCoeff(), limit);
  EXPECT_GT(weights.cwiseAbs().maxCoeff(), 0.9f * limit);
  EXPECT_EQ(weights, same.parameters()[0].value);
  EXPECT_NE(weights, other.parameters()[0].value);
  EXPECT_EQ(one.parameters()[1].value, Matrix::Zero(1, 20));
}

}  // namespace
}  // namespace rowhouse::dense
