// rowhouse.v1.EmbeddingService of one shard: each method a line, the work in
// handlers/.
#ifndef ROWHOUSE_SERVER_EMBEDDING_SERVICE_H_
#define ROWHOUSE_SERVER_EMBEDDING_SERVICE_H_

#include <grpcpp/support/byte_buffer.h>

#include "rowhouse/v1/embedding_service.grpc.pb.h"
#include "server/reply_budget.h"
#include "server/unary_call.h"

namespace rowhouse::server {

// All as bytes. The name and the descriptors are the same, so that reflection
// sees no difference.
using EmbeddingMethods =
    v1::EmbeddingService::WithRawCallbackMethod_OpenSession<
        v1::EmbeddingService::WithRawCallbackMethod_Heartbeat<
            v1::EmbeddingService::WithRawCallbackMethod_EndSession<
                v1::EmbeddingService::WithRawCallbackMethod_Lookup<
                    v1::EmbeddingService::WithRawCallbackMethod_Push<
                        v1::EmbeddingService::WithRawCallbackMethod_ReadRows<
                            v1::EmbeddingService::
                                WithRawCallbackMethod_WriteRows<
                                    v1::EmbeddingService::Service>>>>>>>;

// Thread-safe.
class EmbeddingService final : public EmbeddingMethods {
 public:
  // What reads rows is called in `reads`, the rest, which may wait for the
  // disk, in `writes`; signs of life in `reads` too, since they must not wait
  // behind pushes. `replies` outlives the service.
  EmbeddingService(const CallContext& reads, const CallContext& writes,
                   ReplyBudget& replies)
      : reads_(reads), writes_(writes), replies_(replies) {}

  grpc::ServerUnaryReactor* OpenSession(grpc::CallbackServerContext* call,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Heartbeat(grpc::CallbackServerContext* call,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* EndSession(grpc::CallbackServerContext* call,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* call,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext* call,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ReadRows(grpc::CallbackServerContext* call,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* WriteRows(grpc::CallbackServerContext* call,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

 private:
  const CallContext reads_;
  const CallContext writes_;
  ReplyBudget& replies_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_EMBEDDING_SERVICE_H_
