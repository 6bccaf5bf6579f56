#ifndef ROWHOUSE_SERVER_HANDLERS_ROWS_H_
#define ROWHOUSE_SERVER_HANDLERS_ROWS_H_

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"
#include "server/reply_budget.h"
#include "shard/shard.h"

namespace rowhouse::server {

// The response's bytes hold a share of `replies`: it may be thousands of times
// its request. INVALID_ARGUMENT for bytes that are no ReadRowsRequest; errors
// of Shard::ReadRows, which refuses what would be no message, and
// ReplyBudget::Take.
absl::Status ReadRows(const shard::Shard& shard, ReplyBudget& replies,
                      const grpc::ByteBuffer& request,
                      grpc::ByteBuffer& response);
absl::Status WriteRows(shard::Shard& shard, const grpc::ByteBuffer& request,
                       grpc::ByteBuffer& response);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_HANDLERS_ROWS_H_
