// A shard on a server.
#ifndef ROWHOUSE_CLIENT_INTERNAL_GRPC_SHARD_STUB_H_
#define ROWHOUSE_CLIENT_INTERNAL_GRPC_SHARD_STUB_H_

#include <memory>
#include <string>

#include "client/internal/shard_stub.h"

namespace rowhouse::internal {

// Does not connect yet: the first call does. `address` is "host:port" or
// "unix:PATH".
std::unique_ptr<ShardStub> MakeGrpcShardStub(const std::string& address);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_GRPC_SHARD_STUB_H_
