// Generated messages <-> base vocabulary, for everything that is not hot.
// FromProto returns INVALID_ARGUMENT naming the field.
#ifndef ROWHOUSE_PROTO_WIRE_CONVERT_H_
#define ROWHOUSE_PROTO_WIRE_CONVERT_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "base/checkpoint_listing.h"
#include "base/requests.h"
#include "rowhouse/v1/admin_service.pb.h"
#include "rowhouse/v1/embedding_service.pb.h"
#include "rowhouse/v1/types.pb.h"

namespace rowhouse::wire {

v1::TableSpec ToProto(const TableSpec& spec);
absl::StatusOr<TableSpec> FromProto(const v1::TableSpec& spec);

// Unspecified is nullopt; `number` is that of v1::Durability.
absl::StatusOr<std::optional<Durability>> DurabilityFromProto(
    std::int32_t number);

v1::PushHeader ToProto(const PushHeader& header);

v1::SessionName ToProto(const SessionName& session);
SessionName FromProto(const v1::SessionName& session);

v1::HeartbeatRequest ToProto(const HeartbeatRequest& request);
HeartbeatRequest FromProto(const v1::HeartbeatRequest& request);

v1::OpenSessionResponse ToProto(const OpenSessionReply& reply);
OpenSessionReply FromProto(const v1::OpenSessionResponse& response);

v1::PushResult ToProto(const PushReply& reply);
absl::StatusOr<PushReply> FromProto(const v1::PushResult& result);

v1::Table ToProto(const TableInfo& info);
absl::StatusOr<TableInfo> FromProto(const v1::Table& table);

v1::GetShardInfoResponse ToProto(const ShardInfo& info);
absl::StatusOr<ShardInfo> FromProto(const v1::GetShardInfoResponse& info);

v1::ShardCheckpoint ToProto(const ShardCheckpoint& part);
absl::StatusOr<ShardCheckpoint> FromProto(const v1::ShardCheckpoint& part);

v1::Checkpoint ToProto(const CheckpointInfo& info);
absl::StatusOr<CheckpointInfo> FromProto(const v1::Checkpoint& checkpoint);

// Messages are cut to kErrorMessageBytesMax and made valid UTF-8.
v1::ListCheckpointsResponse ToProto(const CheckpointListing& listing);
absl::StatusOr<CheckpointListing> FromProto(
    const v1::ListCheckpointsResponse& response);

v1::ReadRowsRequest ToProto(const ReadRowsRequest& request);

v1::ReadRowsResponse ToProto(const RowsReply& rows);
absl::StatusOr<RowsReply> FromProto(const v1::ReadRowsResponse& rows);

v1::WriteRowsRequest ToProto(const WriteRowsRequest& request);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_CONVERT_H_
