#include "server/handlers/rows.h"

#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/message_bytes.h"

namespace rowhouse::server {

absl::Status ReadRows(const shard::Shard& shard, ReplyBudget& replies,
                      const grpc::ByteBuffer& request,
                      grpc::ByteBuffer& response) {
  v1::ReadRowsRequest message;
  ROWHOUSE_RETURN_IF_ERROR(wire::Parse(request, message));
  std::vector<Id> ids;
  ROWHOUSE_ASSIGN_OR_RETURN(const ReadRowsRequest read,
                            wire::FromProto(message, ids));
  ROWHOUSE_ASSIGN_OR_RETURN(const RowsReply rows, shard.ReadRows(read));
  const v1::ReadRowsResponse reply = wire::ToProto(rows);
  ROWHOUSE_ASSIGN_OR_RETURN(ReplyBudget::Share share,
                            replies.Take(reply.ByteSizeLong()));
  response = wire::Serialize(reply, [share = std::move(share)] {});
  return absl::OkStatus();
}

absl::Status WriteRows(shard::Shard& shard, const v1::WriteRowsRequest& request,
                       v1::WriteRowsResponse& response) {
  std::vector<Id> ids;
  ROWHOUSE_ASSIGN_OR_RETURN(const WriteRowsRequest write,
                            wire::FromProto(request, ids));
  ROWHOUSE_ASSIGN_OR_RETURN(const PushReply reply, shard.WriteRows(write));
  *response.mutable_result() = wire::ToProto(reply);
  return absl::OkStatus();
}

}  // namespace rowhouse::server
