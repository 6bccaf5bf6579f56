#include "server/handlers/rows.h"

#include <vector>

#include "base/status_macros.h"
#include "proto/wire/convert.h"

namespace rowhouse::server {

absl::Status ReadRows(const shard::Shard& shard,
                      const v1::ReadRowsRequest& request,
                      v1::ReadRowsResponse& response) {
  std::vector<Id> ids;
  ROWHOUSE_ASSIGN_OR_RETURN(const ReadRowsRequest read,
                            wire::FromProto(request, ids));
  ROWHOUSE_ASSIGN_OR_RETURN(const RowsReply rows, shard.ReadRows(read));
  response = wire::ToProto(rows);
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
