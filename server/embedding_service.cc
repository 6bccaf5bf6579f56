#include "server/embedding_service.h"

#include "server/handlers/lookup.h"
#include "server/handlers/push.h"
#include "server/handlers/rows.h"

namespace rowhouse::server {

grpc::ServerUnaryReactor* EmbeddingService::OpenSession(
    grpc::CallbackServerContext* call, const v1::OpenSessionRequest* request,
    v1::OpenSessionResponse* response) {
  return Answer(writes_, call, request, response, server::OpenSession);
}

grpc::ServerUnaryReactor* EmbeddingService::Heartbeat(
    grpc::CallbackServerContext* call, const v1::HeartbeatRequest* request,
    v1::HeartbeatResponse* response) {
  return Answer(reads_, call, request, response, server::Heartbeat);
}

grpc::ServerUnaryReactor* EmbeddingService::EndSession(
    grpc::CallbackServerContext* call, const v1::EndSessionRequest* request,
    v1::EndSessionResponse* response) {
  return Answer(writes_, call, request, response, server::EndSession);
}

grpc::ServerUnaryReactor* EmbeddingService::Lookup(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(reads_, call, request, response,
                [&replies = replies_](const shard::Shard& shard,
                                      const grpc::ByteBuffer& request,
                                      grpc::ByteBuffer& response) {
                  return server::Lookup(shard, replies, request, response);
                });
}

grpc::ServerUnaryReactor* EmbeddingService::Push(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(writes_, call, request, response, server::Push);
}

grpc::ServerUnaryReactor* EmbeddingService::ReadRows(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(reads_, call, request, response,
                [&replies = replies_](const shard::Shard& shard,
                                      const grpc::ByteBuffer& request,
                                      grpc::ByteBuffer& response) {
                  return server::ReadRows(shard, replies, request, response);
                });
}

grpc::ServerUnaryReactor* EmbeddingService::WriteRows(
    grpc::CallbackServerContext* call, const v1::WriteRowsRequest* request,
    v1::WriteRowsResponse* response) {
  return Answer(writes_, call, request, response, server::WriteRows);
}

}  // namespace rowhouse::server
