// Losses over the outputs of a batch, one per row, and their gradients.
#ifndef ROWHOUSE_EXAMPLES_DENSE_LOSS_H_
#define ROWHOUSE_EXAMPLES_DENSE_LOSS_H_

#include "absl/types/span.h"
#include "examples/dense/dense_model.h"

namespace rowhouse::dense {

struct Loss {
  double value = 0;  // the mean over the rows
  Matrix gradients;  // d value / d output: a column
};

// Of (output - label)^2. REQUIRES: one label for each row of `outputs`, which
// is a column.
Loss MeanSquaredError(const Matrix& outputs, absl::Span<const float> labels);

// Of -log(probability of the label), labels 0 or 1, outputs their logits.
// REQUIRES: the same.
Loss MeanLogLoss(const Matrix& logits, absl::Span<const float> labels);

}  // namespace rowhouse::dense

#endif  // ROWHOUSE_EXAMPLES_DENSE_LOSS_H_
