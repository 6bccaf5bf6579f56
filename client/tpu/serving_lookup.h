// One feature of a serving lookup: from its tensor to the bags whose rows are
// its activation.
#ifndef ROWHOUSE_CLIENT_TPU_SERVING_LOOKUP_H_
#define ROWHOUSE_CLIENT_TPU_SERVING_LOOKUP_H_

#include <string>

#include "absl/status/statusor.h"
#include "rowhouse/features.h"
#include "rowhouse/lookup.h"
#include "rowhouse/tpu_embedding.h"

namespace rowhouse::internal {

// Not owned.
struct ServingFeature {
  const std::string& name;  // for messages
  const FeatureConfig& config;
  const std::string& table;  // its name
};

// `weights` may be null. Positions of a sequence are bags of their own, which
// hold the ids there, so that gradients find the way back. INVALID_ARGUMENT as
// TpuEmbeddingForServing::Lookup; a sparse id that is not below the vocabulary
// is left to the lookup.
absl::StatusOr<SparseLookup> ServingLookup(const ServingFeature& feature,
                                           const Features::Tensor& ids,
                                           const Features::Tensor* weights);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_TPU_SERVING_LOOKUP_H_
