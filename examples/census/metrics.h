// How good a classifier's answers are.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_METRICS_H_
#define ROWHOUSE_EXAMPLES_CENSUS_METRICS_H_

#include "absl/types/span.h"

namespace rowhouse::census {

struct Metrics {
  double accuracy = 0;  // share of rows on the right side of 1/2
  double auc = 0;       // area under the ROC curve; 1/2 with only one class
  double loss = 0;      // mean log loss, natural logarithm
};

// The sigmoid of a logit is the probability of label 1. Labels are 0 or 1.
// REQUIRES: equal sizes, not empty.
Metrics Measure(absl::Span<const float> logits, absl::Span<const float> labels);

// Probability that a random positive row has a greater logit than a random
// negative one, ties counted half.
double AreaUnderCurve(absl::Span<const float> logits,
                      absl::Span<const float> labels);

// Log loss of one row; does not overflow.
double LogLoss(double logit, double label);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_METRICS_H_
