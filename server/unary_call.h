// How a call of the callback API becomes a call of a handler.
#ifndef ROWHOUSE_SERVER_UNARY_CALL_H_
#define ROWHOUSE_SERVER_UNARY_CALL_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "proto/wire/status.h"
#include "server/work_queue.h"
#include "shard/shard.h"

namespace rowhouse::server {

// What every call of a service needs. The service outlives its calls, and what
// this points to outlives the service.
struct CallContext {
  const std::atomic<shard::Shard*>& shard;  // none before it is open
  WorkQueue& queue;
  std::uint64_t map_version = 0;
};

// FAILED_PRECONDITION unless the request has no map_version, or 0 (not
// checked), or that of the shard. Requests of the hot path and those that
// carry it in a header are checked by the shard.
template <typename Request>
absl::Status CheckMapVersion(const Request& request, std::uint64_t own) {
  if constexpr (requires { request.map_version(); }) {
    if (request.map_version() != 0 && request.map_version() != own) {
      return absl::FailedPreconditionError(
          absl::StrCat("request of map version ", request.map_version(),
                       ", this shard has ", own));
    }
  }
  return absl::OkStatus();
}

inline std::size_t BytesOf(const grpc::ByteBuffer& request) {
  return request.Length();
}
inline std::size_t BytesOf(const google::protobuf::MessageLite& request) {
  return request.ByteSizeLong();
}

// Answers with handler(shard, request, response), where and when the queue
// says; with UNAVAILABLE when it is full or the shard is not open yet. A call
// whose client has given up before its turn came is not worked.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Answer(const CallContext& context,
                                 grpc::CallbackServerContext* call,
                                 const Request* request, Response* response,
                                 Handler handler) {
  grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
  shard::Shard* const shard = context.shard;
  if (shard == nullptr) {
    reactor->Finish(wire::ToGrpcStatus(absl::UnavailableError(
        "the server is starting: it reads its rows and replays its journal")));
    return reactor;
  }
  const absl::Status taken = context.queue.Run(
      BytesOf(*request),
      [&context, shard, call, request, response, handler, reactor] {
        if (call->IsCancelled()) {
          reactor->Finish(grpc::Status::CANCELLED);
          return;
        }
        absl::Status status = CheckMapVersion(*request, context.map_version);
        if (status.ok()) status = handler(*shard, *request, *response);
        reactor->Finish(wire::ToGrpcStatus(status));
      });
  if (!taken.ok()) reactor->Finish(wire::ToGrpcStatus(taken));
  return reactor;
}

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_UNARY_CALL_H_
