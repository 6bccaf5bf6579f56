#include "server/handlers/tables.h"

#include "base/status_macros.h"
#include "proto/wire/convert.h"

namespace rowhouse::server {

absl::Status CreateTable(shard::Shard& shard,
                         const v1::CreateTableRequest& request,
                         v1::CreateTableResponse& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const TableSpec spec,
                            wire::FromProto(request.spec()));
  ROWHOUSE_RETURN_IF_ERROR(
      shard.CreateTable(spec, TableIncarnation(request.incarnation())));
  ROWHOUSE_ASSIGN_OR_RETURN(const TableInfo info,
                            shard.DescribeTable(spec.name));
  *response.mutable_table() = wire::ToProto(info);
  return absl::OkStatus();
}

absl::Status DescribeTable(const shard::Shard& shard,
                           const v1::DescribeTableRequest& request,
                           v1::DescribeTableResponse& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const TableInfo info,
                            shard.DescribeTable(request.name()));
  *response.mutable_table() = wire::ToProto(info);
  return absl::OkStatus();
}

absl::Status ListTables(const shard::Shard& shard, const v1::ListTablesRequest&,
                        v1::ListTablesResponse& response) {
  for (const TableInfo& info : shard.ListTables()) {
    *response.add_tables() = wire::ToProto(info);
  }
  return absl::OkStatus();
}

absl::Status DropTable(shard::Shard& shard, const v1::DropTableRequest& request,
                       v1::DropTableResponse&) {
  return shard.DropTable(
      {.name = request.name(),
       .incarnation = TableIncarnation(request.incarnation()),
       .shard_incarnation = request.shard_incarnation()});
}

absl::Status GetShardInfo(const shard::Shard& shard,
                          const v1::GetShardInfoRequest&,
                          v1::GetShardInfoResponse& response) {
  response = wire::ToProto(shard.Info());
  return absl::OkStatus();
}

}  // namespace rowhouse::server
