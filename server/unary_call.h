// How a call of the callback API becomes a call of a handler.
#ifndef ROWHOUSE_SERVER_UNARY_CALL_H_
#define ROWHOUSE_SERVER_UNARY_CALL_H_

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/message_bytes.h"
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
// checked), or that of the shard. Requests with rows or ids are checked by the
// shard.
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

// Answers with handler(shard, request, response), where and when the queue
// says; with UNAVAILABLE when it is full or the shard is not open yet. A call
// whose client has given up before its turn came is not worked.
template <typename Handler>
grpc::ServerUnaryReactor* Answer(const CallContext& context,
                                 grpc::CallbackServerContext* call,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response, Handler handler) {
  grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
  shard::Shard* const shard = context.shard;
  if (shard == nullptr) {
    reactor->Finish(wire::ToGrpcStatus(absl::UnavailableError(
        "the server is starting: it reads its rows and replays its journal")));
    return reactor;
  }
  const absl::Status taken = context.queue.Run(
      request->Length(), [shard, call, request, response, handler, reactor] {
        if (call->IsCancelled()) {
          reactor->Finish(grpc::Status::CANCELLED);
          return;
        }
        reactor->Finish(
            wire::ToGrpcStatus(handler(*shard, *request, *response)));
      });
  if (!taken.ok()) reactor->Finish(wire::ToGrpcStatus(taken));
  return reactor;
}

// The same for a method without rows or ids. gRPC itself would make a message
// of any bytes before it asked, and some make thirty times as much memory as
// they are long. RESOURCE_EXHAUSTED: more than kControlBytesMax.
template <typename Shard, std::derived_from<google::protobuf::Message> Request,
          typename Response>
grpc::ServerUnaryReactor* Answer(
    const CallContext& context, grpc::CallbackServerContext* call,
    const grpc::ByteBuffer* request, grpc::ByteBuffer* response,
    absl::Status (*handler)(Shard&, const Request&, Response&)) {
  return Answer(
      context, call, request, response,
      [handler, own = context.map_version](
          shard::Shard& shard, const grpc::ByteBuffer& request,
          grpc::ByteBuffer& response) -> absl::Status {
        if (request.Length() > kControlBytesMax) {
          return absl::ResourceExhaustedError(absl::StrCat(
              Request::descriptor()->full_name(), ": ", request.Length(),
              " bytes, at most ", kControlBytesMax));
        }
        Request message;
        ROWHOUSE_RETURN_IF_ERROR(wire::Parse(request, message));
        ROWHOUSE_RETURN_IF_ERROR(CheckMapVersion(message, own));
        Response reply;
        ROWHOUSE_RETURN_IF_ERROR(handler(shard, message, reply));
        if (reply.ByteSizeLong() > kMessageBytesMax) {
          return absl::ResourceExhaustedError(
              absl::StrCat("an answer of ", reply.ByteSizeLong(),
                           " bytes, at most ", kMessageBytesMax));
        }
        response = wire::Serialize(reply);
        return absl::OkStatus();
      });
}

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_UNARY_CALL_H_
