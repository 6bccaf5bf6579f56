// The gradient of one feature as TensorFlow's optimizers get it, an
// IndexedSlices: rows of a table and what each of them receives. Needed where
// something stands between the gradients of bags and their sums by row: a
// max_norm, or clipping by the optimizer.
#ifndef ROWHOUSE_CLIENT_INTERNAL_ROW_GRADIENTS_H_
#define ROWHOUSE_CLIENT_INTERNAL_ROW_GRADIENTS_H_

#include <vector>

#include "absl/types/span.h"
#include "client/internal/unpooled.h"
#include "rowhouse/id_batch.h"

namespace rowhouse::internal {

struct RowGradients {
  std::vector<Id> ids;
  std::vector<float> values;  // ids x dim
};

// From d loss / d activation of a feature. Bags: each id of the feature once,
// in the order of first occurrence, with weight * gradient / denominator summed
// over its occurrences; the id of empty bags, where there is one, has its 0.
// kNone: one slice per id as it stands, repeats included.
// `gradient` has one row per output row; `denominators` are its
// BagDenominators.
RowGradients SumByRow(const FeatureIds& feature,
                      absl::Span<const float> gradient,
                      absl::Span<const float> denominators);

// Leads gradients of clipped rows back through max_norm. REQUIRES: `gradients`
// came from SumByRow of unpooled.feature.
void PassMaxNorm(const Unpooled& unpooled, RowGradients& gradients);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_ROW_GRADIENTS_H_
