// Checkpoints of a whole cluster: the same calls to every shard, in stages.
#ifndef ROWHOUSE_CLIENT_INTERNAL_CHECKPOINTS_H_
#define ROWHOUSE_CLIENT_INTERNAL_CHECKPOINTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/internal/cluster.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

// Every shard writes its part, side by side; shard 0 then makes the checkpoint
// exist. Tried once: a part that is there already is ALREADY_EXISTS. REQUIRES:
// no push is under way.
absl::StatusOr<CheckpointSummary> CreateCheckpoint(Cluster& cluster,
                                                   absl::string_view name,
                                                   absl::Time deadline);

// Complete ones that shard 0 sees, by name.
absl::StatusOr<std::vector<CheckpointSummary>> ListCheckpoints(
    Cluster& cluster, absl::Time deadline);

// Loads it into every shard, then opens all of them; all calls are repeated
// until the deadline. REQUIRES: restore_id was never used. Before any shard is
// changed: NOT_FOUND when some shard does not see the checkpoint,
// FAILED_PRECONDITION when one has tables and not `replace`. After an error
// later on, shards refuse requests until a restore succeeds; the message says
// so.
absl::Status RestoreCheckpoint(Cluster& cluster, absl::string_view name,
                               std::uint64_t restore_id, bool replace,
                               absl::Time deadline);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_CHECKPOINTS_H_
