#include "proto/wire/status.h"

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/limits.h"
#include "base/session_status.h"
#include "proto/wire/utf8.h"

namespace rowhouse::wire {
namespace {

// A field of protobuf's wire format: `tag`, length, bytes.
void AppendField(char tag, absl::string_view value, std::string& bytes) {
  bytes.push_back(tag);
  std::size_t length = value.size();
  for (; length >= 0x80; length >>= 7) {
    bytes.push_back(static_cast<char>((length & 0x7f) | 0x80));
  }
  bytes.push_back(static_cast<char>(length));
  absl::StrAppend(&bytes, value);
}

// google.rpc.Status {int32 code = 1; string message = 2; repeated Any details =
// 3;}, Any {string type_url = 1; bytes value = 2;} and ErrorInfo {string reason
// = 1; string domain = 2;}. Their .proto are not among our packages, and these
// fields need none. REQUIRES: code < 128.
std::string EncodeRpcStatus(int code, absl::string_view message,
                            bool session_ended) {
  std::string bytes = {'\x08', static_cast<char>(code)};
  AppendField('\x12', message, bytes);
  if (session_ended) {
    std::string info;
    AppendField('\x0a', "SESSION_ENDED", info);
    AppendField('\x12', "rowhouse", info);
    std::string any;
    AppendField('\x0a', "type.googleapis.com/google.rpc.ErrorInfo", any);
    AppendField('\x12', info, any);
    AppendField('\x1a', any, bytes);
  }
  return bytes;
}

// Codes that gRPC gives to a call it lost sight of (doc/statuscodes.md of
// gRPC), beside UNAVAILABLE and DEADLINE_EXCEEDED, which say so by themselves.
// RESOURCE_EXHAUSTED is that of a stream which a server or a proxy ends to get
// memory back, and also that of a message above the limit, which nobody has
// read.
bool IsMadeUpOnTheWay(absl::StatusCode code, absl::string_view message) {
  return code == absl::StatusCode::kCancelled ||
         code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kInternal ||
         (code == absl::StatusCode::kResourceExhausted &&
          !absl::StrContains(message, "message larger than max"));
}

}  // namespace

// The codes of both are the numbers of google.rpc.Code.
grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string message = ToUtf8(status.message(), kErrorMessageBytesMax);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message,
                      EncodeRpcStatus(static_cast<int>(status.code()), message,
                                      IsSessionEnded(status)));
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const int number = status.error_code();
  // A code that a future gRPC may add is unknown to callers of this one.
  const bool known = number > 0 && number <= grpc::StatusCode::UNAUTHENTICATED;
  const auto code = known ? static_cast<absl::StatusCode>(number)
                          : absl::StatusCode::kUnknown;
  if (status.error_details().empty() &&
      IsMadeUpOnTheWay(code, status.error_message())) {
    return absl::UnavailableError(absl::StrCat("cut off with ",
                                               absl::StatusCodeToString(code),
                                               ": ", status.error_message()));
  }
  // Compared as a whole: bytes from the network are not parsed.
  if (code == absl::StatusCode::kFailedPrecondition &&
      status.error_details() ==
          EncodeRpcStatus(number, status.error_message(), true)) {
    return SessionEndedError(status.error_message());
  }
  return absl::Status(code, status.error_message());
}

}  // namespace rowhouse::wire
