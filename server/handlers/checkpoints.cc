#include "server/handlers/checkpoints.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/convert.h"

namespace rowhouse::server {
namespace {

absl::Status UnknownStage(int stage) {
  return absl::InvalidArgumentError(
      absl::StrCat("stage: ", stage, " is no stage"));
}

absl::StatusOr<std::vector<ShardCheckpoint>> Parts(
    const v1::CreateCheckpointRequest& request) {
  if (request.shards_size() > static_cast<int>(kShardsMax)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "shards: ", request.shards_size(), " parts, at most ", kShardsMax));
  }
  std::vector<ShardCheckpoint> parts;
  parts.reserve(request.shards_size());
  for (const v1::ShardCheckpoint& part : request.shards()) {
    ROWHOUSE_ASSIGN_OR_RETURN(parts.emplace_back(), wire::FromProto(part));
  }
  return parts;
}

}  // namespace

absl::Status CreateCheckpoint(shard::Shard& shard,
                              const v1::CreateCheckpointRequest& request,
                              v1::CreateCheckpointResponse& response) {
  const std::string& name = request.name();
  const std::uint64_t epoch = request.snapshot_epoch();
  switch (request.stage()) {
    case v1::CreateCheckpointRequest::STAGE_OPEN:
      return shard.OpenCheckpoint(name, epoch);
    case v1::CreateCheckpointRequest::STAGE_CLOSE: {
      ROWHOUSE_ASSIGN_OR_RETURN(const ShardCheckpoint part,
                                shard.CloseCheckpoint(name, epoch));
      *response.mutable_shard() = wire::ToProto(part);
      return absl::OkStatus();
    }
    case v1::CreateCheckpointRequest::STAGE_COMMIT: {
      ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<ShardCheckpoint> parts,
                                Parts(request));
      ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointInfo info,
                                shard.CommitCheckpoint(name, epoch, parts));
      *response.mutable_checkpoint() = wire::ToProto(info);
      return absl::OkStatus();
    }
    case v1::CreateCheckpointRequest::STAGE_ABORT:
      return shard.AbortCheckpoint(name, epoch);
    default:
      return UnknownStage(request.stage());
  }
}

absl::Status DeleteCheckpoint(shard::Shard& shard,
                              const v1::DeleteCheckpointRequest& request,
                              v1::DeleteCheckpointResponse&) {
  return shard.DeleteCheckpoint(request.name());
}

absl::Status RestoreCheckpoint(shard::Shard& shard,
                               const v1::RestoreCheckpointRequest& request,
                               v1::RestoreCheckpointResponse&) {
  if (request.restore_id() == 0) {
    return absl::InvalidArgumentError("restore_id: 0, it must not be");
  }
  switch (request.stage()) {
    case v1::RestoreCheckpointRequest::STAGE_BEGIN:
      return shard.BeginRestore({.name = request.name(),
                                 .restore_id = request.restore_id(),
                                 .replace = request.replace(),
                                 .incarnation = request.incarnation()});
    case v1::RestoreCheckpointRequest::STAGE_FINISH:
      return shard.FinishRestore(request.restore_id());
    default:
      return UnknownStage(request.stage());
  }
}

absl::Status ListCheckpoints(const shard::Shard& shard,
                             const v1::ListCheckpointsRequest&,
                             v1::ListCheckpointsResponse& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointListing listing,
                            shard.ListCheckpoints());
  response = wire::ToProto(listing);
  return absl::OkStatus();
}

}  // namespace rowhouse::server
