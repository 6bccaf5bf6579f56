#include "client/internal/row_gradients.h"

#include <cstddef>
#include <cstdint>

#include "kernels/aggregate.h"
#include "kernels/combine.h"
#include "kernels/max_norm.h"

namespace rowhouse::internal {
namespace {

// By id of the batch, the gradient row of its bag.
std::vector<const float*> RowOfEachId(const IdBatch& batch, std::size_t dim,
                                      const float* gradient) {
  std::vector<const float*> rows;
  rows.reserve(batch.ids.size() + 1);
  for (std::size_t bag = 0; bag < batch.bags(); ++bag, gradient += dim) {
    const std::size_t ids =
        batch.row_splits.empty()
            ? 1
            : batch.row_splits[bag + 1] - batch.row_splits[bag];
    rows.insert(rows.end(), ids, gradient);
  }
  return rows;
}

}  // namespace

RowGradients SumByRow(const FeatureIds& feature,
                      absl::Span<const float> gradient,
                      absl::Span<const float> denominators) {
  const std::size_t dim = feature.dim;
  std::vector<float> divided(gradient.begin(), gradient.end());
  if (!denominators.empty()) {
    kernels::DivideRows(denominators, dim, divided.data());
  }
  if (feature.combiner == Combiner::kNone) {
    return {feature.batch.ids, std::move(divided)};
  }
  std::vector<Id> ids = feature.batch.ids;
  std::vector<float> weights = feature.batch.weights;
  std::vector<const float*> rows =
      RowOfEachId(feature.batch, dim, divided.data());
  const std::vector<float> zeros(dim);
  if (feature.empty_bag_id.has_value() && HasEmptyBag(feature.batch)) {
    ids.push_back(*feature.empty_bag_id);
    rows.push_back(zeros.data());
    if (!weights.empty()) weights.push_back(1.0f);
  }
  kernels::Aggregator aggregator;
  aggregator.Aggregate({ids, rows, weights}, dim);
  RowGradients out;
  out.ids.assign(aggregator.ids().begin(), aggregator.ids().end());
  out.values.reserve(out.ids.size() * dim);
  for (const float* sum : aggregator.sums()) {
    out.values.insert(out.values.end(), sum, sum + dim);
  }
  return out;
}

void PassMaxNorm(const Unpooled& unpooled, RowGradients& gradients) {
  const FeatureIds& feature = unpooled.feature;
  for (std::size_t i = 0; i < gradients.ids.size(); ++i) {
    const std::size_t at = i * feature.dim;
    kernels::ClipRowGradient(unpooled.rows.data() + at, *feature.max_norm,
                             feature.dim, gradients.values.data() + at);
  }
}

}  // namespace rowhouse::internal
