#ifndef ROWHOUSE_SERVER_HANDLERS_LOOKUP_H_
#define ROWHOUSE_SERVER_HANDLERS_LOOKUP_H_

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"
#include "shard/shard.h"

namespace rowhouse::server {

// Decodes the request where it lies, looks up into the bytes of the response.
// Errors of wire::DecodeLookupRequest and Shard::Lookup.
absl::Status Lookup(const shard::Shard& shard, const grpc::ByteBuffer& request,
                    grpc::ByteBuffer& response);

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_HANDLERS_LOOKUP_H_
