// absl::Status <-> grpc::Status, at one place.
#ifndef ROWHOUSE_PROTO_WIRE_STATUS_H_
#define ROWHOUSE_PROTO_WIRE_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace rowhouse::wire {

// What a handler of ours answers. An error carries itself a second time as
// google.rpc.Status in its details, where the gRPC world looks for more about
// an error. gRPC never writes details itself, so they are also the mark of an
// answer that a handler gave. Messages are cut to kErrorMessageBytesMax and
// made valid UTF-8. What base/session_status.h marks is marked there as well,
// by a google.rpc.ErrorInfo of reason SESSION_ENDED, domain rowhouse.
grpc::Status ToGrpcStatus(const absl::Status& status);

// How a call ended. CANCELLED, UNKNOWN and INTERNAL without the mark were made
// up on the way, by gRPC or a proxy, when a call was cut off: nobody knows
// whether the handler ran. They become UNAVAILABLE, the code of a call without
// an answer. With the mark they are the handler's own.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_STATUS_H_
