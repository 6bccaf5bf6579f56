#include "server/handlers/rows.h"

#include <utility>

#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/message_bytes.h"

namespace rowhouse::server {

absl::Status ReadRows(const shard::Shard& shard, ReplyBudget& replies,
                      const grpc::ByteBuffer& request,
                      grpc::ByteBuffer& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const wire::DecodedReadRows decoded,
                            wire::DecodeReadRowsRequest(request));
  ROWHOUSE_ASSIGN_OR_RETURN(const RowsReply rows,
                            shard.ReadRows(decoded.request()));
  const v1::ReadRowsResponse reply = wire::ToProto(rows);
  ROWHOUSE_ASSIGN_OR_RETURN(ReplyBudget::Share share,
                            replies.Take(reply.ByteSizeLong()));
  response = wire::Serialize(reply, [share = std::move(share)] {});
  return absl::OkStatus();
}

absl::Status WriteRows(shard::Shard& shard, const grpc::ByteBuffer& request,
                       grpc::ByteBuffer& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const wire::DecodedWriteRows decoded,
                            wire::DecodeWriteRowsRequest(request));
  ROWHOUSE_ASSIGN_OR_RETURN(const PushReply reply,
                            shard.WriteRows(decoded.request()));
  v1::WriteRowsResponse message;
  *message.mutable_result() = wire::ToProto(reply);
  response = wire::Serialize(message);
  return absl::OkStatus();
}

}  // namespace rowhouse::server
