#ifndef ROWHOUSE_SERVER_HANDLERS_LOOKUP_H_
#define ROWHOUSE_SERVER_HANDLERS_LOOKUP_H_

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"
#include "server/reply_budget.h"
#include "shard/shard.h"

namespace rowhouse::server {

// Decodes the request where it lies, looks up into the bytes of the response,
// which hold a share of `replies`. Errors of wire::DecodeLookupRequest,
// ReplyBudget::Take and Shard::Lookup; RESOURCE_EXHAUSTED when the response
// would be no message. Nothing is looked up for either of those two.
absl::Status Lookup(const shard::Shard& shard, ReplyBudget& replies,
                    const grpc::ByteBuffer& request,
                    grpc::ByteBuffer& response);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_HANDLERS_LOOKUP_H_
