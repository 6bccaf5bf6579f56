#include "examples/dense/dense_model.h"

#include <cmath>

#include "examples/dense/random.h"

namespace rowhouse::dense {
namespace {

// Adam as in Keras.
constexpr float kBeta1 = 0.9f;
constexpr float kBeta2 = 0.999f;
constexpr float kEpsilon = 1e-7f;

// Tells the weights' draws from others of the same seed.
constexpr std::uint64_t kWeightStream = 1;

DenseModel::Parameter ZeroParameter(std::size_t rows, std::size_t columns) {
  const Matrix zero = Matrix::Zero(static_cast<Eigen::Index>(rows),
                                   static_cast<Eigen::Index>(columns));
  return {zero, zero, zero, zero};
}

}  // namespace

DenseModel::DenseModel(const std::vector<std::size_t>& widths,
                       std::uint64_t seed) {
  Random random(seed, kWeightStream);
  for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    Parameter weights = ZeroParameter(widths[layer], widths[layer + 1]);
    const double limit =
        std::sqrt(6.0 / static_cast<double>(widths[layer] + widths[layer + 1]));
    for (Eigen::Index i = 0; i < weights.value.size(); ++i) {
      weights.value.data()[i] =
          static_cast<float>((2 * random.Uniform() - 1) * limit);
    }
    parameters_.push_back(std::move(weights));
    parameters_.push_back(ZeroParameter(1, widths[layer + 1]));
  }
  outputs_.resize(layers());
  input_gradients_.resize(layers());
}

const Matrix& DenseModel::Forward(const Matrix& inputs) {
  inputs_ = &inputs;
  const Matrix* layer_inputs = &inputs;
  for (std::size_t layer = 0; layer < layers(); ++layer) {
    const Matrix& weights = parameters_[2 * layer].value;
    const Matrix& bias = parameters_[2 * layer + 1].value;
    Matrix& outputs = outputs_[layer];
    outputs.noalias() = *layer_inputs * weights;
    outputs.rowwise() += bias.row(0);
    if (layer + 1 < layers()) outputs = outputs.cwiseMax(0.0f);
    layer_inputs = &outputs;
  }
  return outputs_.back();
}

const Matrix& DenseModel::Backward(const Matrix& output_gradients) {
  Matrix gradients = output_gradients;
  for (std::size_t layer = layers(); layer-- > 0;) {
    Parameter& weights = parameters_[2 * layer];
    Parameter& bias = parameters_[2 * layer + 1];
    const Matrix& layer_inputs = layer == 0 ? *inputs_ : outputs_[layer - 1];
    weights.gradient.noalias() = layer_inputs.transpose() * gradients;
    bias.gradient = gradients.colwise().sum();
    input_gradients_[layer].noalias() = gradients * weights.value.transpose();
    if (layer > 0) {
      gradients =
          (layer_inputs.array() > 0.0f).select(input_gradients_[layer], 0.0f);
    }
  }
  return input_gradients_[0];
}

void DenseModel::Step(float learning_rate) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const auto rate = static_cast<float>(
      learning_rate * std::sqrt(1 - std::pow(static_cast<double>(kBeta2), t)) /
      (1 - std::pow(static_cast<double>(kBeta1), t)));
  for (Parameter& parameter : parameters_) {
    auto gradient = parameter.gradient.array();
    auto first = parameter.first_moment.array();
    auto second = parameter.second_moment.array();
    first += (gradient - first) * (1 - kBeta1);
    second += (gradient.square() - second) * (1 - kBeta2);
    parameter.value.array() -= rate * first / (second.sqrt() + kEpsilon);
  }
}

}  // namespace rowhouse::dense
