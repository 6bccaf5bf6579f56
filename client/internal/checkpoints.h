// Checkpoints of a whole cluster: the same calls to every shard, in stages.
#ifndef ROWHOUSE_CLIENT_INTERNAL_CHECKPOINTS_H_
#define ROWHOUSE_CLIENT_INTERNAL_CHECKPOINTS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/internal/cluster.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

// Every shard opens the cut of an epoch that none has been asked to go beyond;
// then every shard closes it, as soon as all clients have moved on; then shard
// 0 makes the checkpoint exist. Training goes on. `beat` is called between the
// tries to close, so that the caller's own client moves. When it fails, what
// the shards have made is taken back where they can be reached: ALREADY_EXISTS
// (the name is taken, perhaps by one of the same epoch of earlier data
// directories), FAILED_PRECONDITION (another checkpoint is being made, or a
// shard was started anew), UNAVAILABLE naming the session that has not moved.
// Or the message says that its outcome is unknown: it was to be committed, and
// shard 0 could not be asked what became of it.
absl::StatusOr<CheckpointSummary> CreateCheckpoint(
    Cluster& cluster, absl::string_view name, absl::Time deadline,
    absl::FunctionRef<void()> beat);

// Also what failed attempts of that name have left. NOT_FOUND when shard 0 sees
// neither. FAILED_PRECONDITION: it is being restored, or makes one of that
// name.
absl::Status DeleteCheckpoint(Cluster& cluster, absl::string_view name,
                              absl::Time deadline);

// Complete ones that shard 0 sees, by name; those that it cannot read go to
// `unreadable`, unless that is null.
absl::StatusOr<std::vector<CheckpointSummary>> ListCheckpoints(
    Cluster& cluster, absl::Time deadline,
    std::vector<UnreadableCheckpoint>* unreadable = nullptr);

// Loads it into every shard, then opens all of them; all calls are repeated
// until the deadline. REQUIRES: restore_id was never used. Before any shard is
// changed: NOT_FOUND when some shard does not see the checkpoint,
// FAILED_PRECONDITION when one has tables and not `replace`. After an error
// later on, shards that began refuse requests until a restore succeeds; the
// message says which, or that nothing was changed.
absl::Status RestoreCheckpoint(Cluster& cluster, absl::string_view name,
                               std::uint64_t restore_id, bool replace,
                               absl::Time deadline);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_CHECKPOINTS_H_
