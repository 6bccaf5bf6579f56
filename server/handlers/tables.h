#ifndef ROWHOUSE_SERVER_HANDLERS_TABLES_H_
#define ROWHOUSE_SERVER_HANDLERS_TABLES_H_

#include "absl/status/status.h"
#include "rowhouse/v1/admin_service.pb.h"
#include "shard/shard.h"

namespace rowhouse::server {

absl::Status CreateTable(shard::Shard& shard,
                         const v1::CreateTableRequest& request,
                         v1::CreateTableResponse& response);
absl::Status DescribeTable(const shard::Shard& shard,
                           const v1::DescribeTableRequest& request,
                           v1::DescribeTableResponse& response);
absl::Status ListTables(const shard::Shard& shard,
                        const v1::ListTablesRequest& request,
                        v1::ListTablesResponse& response);
absl::Status DropTable(shard::Shard& shard, const v1::DropTableRequest& request,
                       v1::DropTableResponse& response);
absl::Status GetShardInfo(const shard::Shard& shard,
                          const v1::GetShardInfoRequest& request,
                          v1::GetShardInfoResponse& response);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_HANDLERS_TABLES_H_
