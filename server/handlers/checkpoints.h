#ifndef ROWHOUSE_SERVER_HANDLERS_CHECKPOINTS_H_
#define ROWHOUSE_SERVER_HANDLERS_CHECKPOINTS_H_

#include "absl/status/status.h"
#include "rowhouse/v1/admin_service.pb.h"
#include "shard/shard.h"

namespace rowhouse::server {

absl::Status CreateCheckpoint(shard::Shard& shard,
                              const v1::CreateCheckpointRequest& request,
                              v1::CreateCheckpointResponse& response);
absl::Status DeleteCheckpoint(shard::Shard& shard,
                              const v1::DeleteCheckpointRequest& request,
                              v1::DeleteCheckpointResponse& response);
absl::Status RestoreCheckpoint(shard::Shard& shard,
                               const v1::RestoreCheckpointRequest& request,
                               v1::RestoreCheckpointResponse& response);
absl::Status ListCheckpoints(const shard::Shard& shard,
                             const v1::ListCheckpointsRequest& request,
                             v1::ListCheckpointsResponse& response);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_HANDLERS_CHECKPOINTS_H_
