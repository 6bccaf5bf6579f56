#include "server/handlers/push.h"

#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"

namespace rowhouse::server {

absl::Status OpenSession(shard::Shard& shard, const v1::OpenSessionRequest&,
                         v1::OpenSessionResponse& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const OpenSessionReply reply, shard.OpenSession());
  response = wire::ToProto(reply);
  return absl::OkStatus();
}

absl::Status Heartbeat(shard::Shard& shard, const v1::HeartbeatRequest& request,
                       v1::HeartbeatResponse& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t wanted,
                            shard.Heartbeat(wire::FromProto(request)));
  response.set_wanted_snapshot_epoch(wanted);
  return absl::OkStatus();
}

absl::Status EndSession(shard::Shard& shard,
                        const v1::EndSessionRequest& request,
                        v1::EndSessionResponse&) {
  return shard.EndSession(wire::FromProto(request.session()));
}

absl::Status Push(shard::Shard& shard, const grpc::ByteBuffer& request,
                  grpc::ByteBuffer& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const wire::DecodedPush decoded,
                            wire::DecodePushRequest(request));
  ROWHOUSE_ASSIGN_OR_RETURN(const PushReply reply,
                            shard.Push(decoded.request()));
  response = wire::EncodePushResponse(reply);
  return absl::OkStatus();
}

}  // namespace rowhouse::server
