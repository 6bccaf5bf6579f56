// From what shards answer to activations. Pure.
#ifndef ROWHOUSE_CLIENT_INTERNAL_MERGE_H_
#define ROWHOUSE_CLIENT_INTERNAL_MERGE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "client/internal/partition.h"
#include "rowhouse/client.h"
#include "rowhouse/id_batch.h"

namespace rowhouse::internal {

// What kernels::DivideRows divides each bag's sum, and later its gradient, by:
// the sum of weights (mean) or the root of the sum of their squares (sqrtn), in
// float, in order; 0 for empty bags. Empty for kNone and kSum.
std::vector<float> BagDenominators(Combiner combiner, const IdBatch& batch);

// Zeros, of the shapes that the partition's features come out with.
std::vector<Activation> ZeroActivations(const Partition& partition);

// Adds one shard's partial sums to the activations, and copies its plain rows.
// Called in shard order, so that sums of bags that span shards are the same
// every time. INTERNAL when the reply is not of the shape that was asked.
absl::Status MergeReply(const Partition& partition, ShardIndex shard,
                        const LookupReply& reply,
                        std::vector<Activation>& activations);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_MERGE_H_
