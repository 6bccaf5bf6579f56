// absl::Status <-> grpc::Status, at one place.
#ifndef ROWHOUSE_PROTO_WIRE_STATUS_H_
#define ROWHOUSE_PROTO_WIRE_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace rowhouse::wire {

// Messages are cut to kErrorMessageBytesMax and made valid UTF-8.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_STATUS_H_
