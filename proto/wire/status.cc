#include "proto/wire/status.h"

#include <string>

#include "base/limits.h"
#include "proto/wire/utf8.h"

namespace rowhouse::wire {

// The codes of both are the numbers of google.rpc.Code.
grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      ToUtf8(status.message(), kErrorMessageBytesMax));
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const int code = status.error_code();
  // A code that a future gRPC may add is unknown to callers of this one.
  const bool known = code > 0 && code <= grpc::StatusCode::UNAUTHENTICATED;
  return absl::Status(
      known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
      status.error_message());
}

}  // namespace rowhouse::wire
