#ifndef ROWHOUSE_SERVER_HANDLERS_ROWS_H_
#define ROWHOUSE_SERVER_HANDLERS_ROWS_H_

#include "absl/status/status.h"
#include "rowhouse/v1/embedding_service.pb.h"
#include "shard/shard.h"

namespace rowhouse::server {

absl::Status ReadRows(const shard::Shard& shard,
                      const v1::ReadRowsRequest& request,
                      v1::ReadRowsResponse& response);
absl::Status WriteRows(shard::Shard& shard, const v1::WriteRowsRequest& request,
                       v1::WriteRowsResponse& response);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_HANDLERS_ROWS_H_
