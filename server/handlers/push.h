#ifndef ROWHOUSE_SERVER_HANDLERS_PUSH_H_
#define ROWHOUSE_SERVER_HANDLERS_PUSH_H_

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"
#include "rowhouse/v1/embedding_service.pb.h"
#include "shard/shard.h"

namespace rowhouse::server {

absl::Status OpenSession(shard::Shard& shard,
                         const v1::OpenSessionRequest& request,
                         v1::OpenSessionResponse& response);

absl::Status Heartbeat(shard::Shard& shard, const v1::HeartbeatRequest& request,
                       v1::HeartbeatResponse& response);

absl::Status EndSession(shard::Shard& shard,
                        const v1::EndSessionRequest& request,
                        v1::EndSessionResponse& response);

// Decodes the request where it lies. Errors of wire::DecodePushRequest and
// Shard::Push.
absl::Status Push(shard::Shard& shard, const grpc::ByteBuffer& request,
                  grpc::ByteBuffer& response);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_HANDLERS_PUSH_H_
