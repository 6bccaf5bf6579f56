#include "examples/dense/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rowhouse::dense {
namespace {

// `term` gives the loss of one row and sets its gradient.
template <typename Term>
Loss Mean(const Matrix& outputs, absl::Span<const float> labels,
          const Term& term) {
  Loss loss;
  loss.gradients.resize(outputs.rows(), 1);
  const auto rows = static_cast<double>(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    double gradient = 0;
    loss.value += term(outputs(row, 0), labels[i], gradient) / rows;
    loss.gradients(row, 0) = static_cast<float>(gradient / rows);
  }
  return loss;
}

}  // namespace

Loss MeanSquaredError(const Matrix& outputs, absl::Span<const float> labels) {
  return Mean(outputs, labels,
              [](double output, double label, double& gradient) {
                const double error = output - label;
                gradient = 2 * error;
                return error * error;
              });
}

Loss MeanLogLoss(const Matrix& logits, absl::Span<const float> labels) {
  return Mean(logits, labels, [](double logit, double label, double& gradient) {
    gradient = 1 / (1 + std::exp(-logit)) - label;
    // log(1 + e^logit) - label * logit, without overflow.
    return std::max(logit, 0.0) - label * logit +
           std::log1p(std::exp(-std::abs(logit)));
  });
}

}  // namespace rowhouse::dense
