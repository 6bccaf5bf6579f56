#include "client/internal/merge.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "kernels/combine.h"

namespace rowhouse::internal {
namespace {

float Denominator(Combiner combiner, const IdBatch& batch, std::size_t begin,
                  std::size_t end) {
  float sum = 0.0f;
  for (std::size_t i = begin; i < end; ++i) {
    const float weight = batch.weights.empty() ? 1.0f : batch.weights[i];
    sum += combiner == Combiner::kMean ? weight : weight * weight;
  }
  return combiner == Combiner::kMean ? sum : std::sqrt(sum);
}

// Adds or copies `values`, one row per bag of `input`, to their places.
void Place(const ShardInput& input, bool pooled, std::size_t dim,
           absl::Span<const float> values, Activation& out) {
  if (input.whole) {
    // An embedded shard may have written there already.
    if (values.data() == out.values.data()) return;
    std::copy(values.begin(), values.end(), out.values.begin());
    return;
  }
  for (std::size_t i = 0; i < input.rows.size(); ++i) {
    float* to = out.values.data() + input.rows[i] * dim;
    const float* from = values.data() + i * dim;
    if (pooled) {
      kernels::AddInto(from, dim, to);
    } else {
      std::copy_n(from, dim, to);
    }
  }
}

}  // namespace

std::vector<float> BagDenominators(Combiner combiner, const IdBatch& batch) {
  if (combiner == Combiner::kNone || combiner == Combiner::kSum) return {};
  std::vector<float> denominators(batch.bags());
  for (std::size_t b = 0; b < denominators.size(); ++b) {
    const std::size_t begin =
        batch.row_splits.empty() ? b : batch.row_splits[b];
    const std::size_t end =
        batch.row_splits.empty() ? b + 1 : batch.row_splits[b + 1];
    denominators[b] = Denominator(combiner, batch, begin, end);
  }
  return denominators;
}

std::vector<Activation> ZeroActivations(const Partition& partition) {
  std::vector<Activation> activations(partition.features().size());
  for (std::size_t f = 0; f < activations.size(); ++f) {
    const FeatureIds& feature = partition.features()[f];
    activations[f].rows = OutputRows(feature);
    activations[f].dim = feature.dim;
    activations[f].values.resize(activations[f].rows * feature.dim);
  }
  return activations;
}

absl::Status MergeReply(const Partition& partition, ShardIndex shard,
                        const LookupReply& reply,
                        std::vector<Activation>& activations) {
  const absl::Span<const ShardInput> inputs = partition.inputs(shard);
  if (reply.values.size() != inputs.size()) {
    return absl::InternalError(
        absl::StrCat("shard ", shard.value(), " answered ", reply.values.size(),
                     " outputs to ", inputs.size(), " inputs"));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const FeatureIds& feature = partition.features()[inputs[i].feature];
    const std::size_t expected = inputs[i].bags.bags() * feature.dim;
    if (reply.values[i].size() != expected) {
      return absl::InternalError(absl::StrCat(
          "shard ", shard.value(), " answered ", reply.values[i].size(),
          " values, not ", expected, ", for table '", feature.table, "'"));
    }
    Place(inputs[i], feature.combiner != Combiner::kNone, feature.dim,
          reply.values[i], activations[inputs[i].feature]);
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::internal
