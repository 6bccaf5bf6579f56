#include "client/internal/checkpoints.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

constexpr ShardIndex kFirstShard(0);

CheckpointSummary Summary(const CheckpointInfo& info) {
  return {info.name,           info.created,
          info.snapshot_epoch, info.rows,
          info.bytes,          static_cast<std::uint32_t>(info.shards.size())};
}

absl::Status CheckVisible(ShardStub& stub, absl::string_view name,
                          absl::Time deadline) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<CheckpointInfo> checkpoints,
                            stub.ListCheckpoints(deadline));
  if (std::any_of(
          checkpoints.begin(), checkpoints.end(),
          [&](const CheckpointInfo& info) { return info.name == name; })) {
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat("no complete checkpoint '", name,
                                          "' among ", checkpoints.size()));
}

absl::Status CheckEmpty(ShardStub& stub, absl::Time deadline) {
  ROWHOUSE_ASSIGN_OR_RETURN(const ShardInfo info, stub.GetShardInfo(deadline));
  if (info.tables == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("it has ", info.tables,
                   " tables, which a restore replaces "
                   "only when told to"));
}

}  // namespace

absl::StatusOr<CheckpointSummary> CreateCheckpoint(Cluster& cluster,
                                                   absl::string_view name,
                                                   absl::Time deadline) {
  std::vector<ShardCheckpoint> parts(cluster.shard_count());
  ROWHOUSE_RETURN_IF_ERROR(cluster.ForEachShard(
      Idempotency::kOnce, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time at) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(parts[shard.value()],
                                  stub.PrepareCheckpoint(name, at));
        return absl::OkStatus();
      }));
  absl::StatusOr<CheckpointInfo> info =
      cluster.stub(kFirstShard).CommitCheckpoint(name, parts, deadline);
  if (!info.ok()) return cluster.Named(kFirstShard, info.status());
  return Summary(*info);
}

absl::StatusOr<std::vector<CheckpointSummary>> ListCheckpoints(
    Cluster& cluster, absl::Time deadline) {
  std::vector<CheckpointSummary> summaries;
  const absl::Status status = cluster.retry().Run(
      Idempotency::kRepeatable, deadline, [&](absl::Time at) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(
            const std::vector<CheckpointInfo> infos,
            cluster.stub(kFirstShard).ListCheckpoints(at));
        summaries.clear();
        for (const CheckpointInfo& info : infos) {
          summaries.push_back(Summary(info));
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return cluster.Named(kFirstShard, status);
  return summaries;
}

absl::Status RestoreCheckpoint(Cluster& cluster, absl::string_view name,
                               std::uint64_t restore_id, bool replace,
                               absl::Time deadline) {
  ROWHOUSE_RETURN_IF_ERROR(cluster.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex, ShardStub& stub, absl::Time at) -> absl::Status {
        ROWHOUSE_RETURN_IF_ERROR(CheckVisible(stub, name, at));
        return replace ? absl::OkStatus() : CheckEmpty(stub, at);
      }));
  // Loading may outlast a try, or its answer be lost: a shard that is asked
  // again says whether it is under way or done.
  absl::Status status = cluster.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex, ShardStub& stub, absl::Time at) {
        return stub.BeginRestore(name, restore_id, replace, at);
      });
  // A shard is opened only when every shard holds the checkpoint.
  if (status.ok()) {
    status =
        cluster.ForEachShard(Idempotency::kRepeatable, deadline,
                             [&](ShardIndex, ShardStub& stub, absl::Time at) {
                               return stub.FinishRestore(name, restore_id, at);
                             });
  }
  if (status.ok()) return status;
  return absl::Status(
      status.code(),
      absl::StrCat("restore ", restore_id, " of '", name,
                   "' was cut short, shards that began it refuse requests "
                   "until a restore with replacement succeeds: ",
                   status.message()));
}

}  // namespace rowhouse::internal
