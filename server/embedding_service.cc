#include "server/embedding_service.h"

#include "server/handlers/lookup.h"
#include "server/handlers/push.h"
#include "server/handlers/rows.h"

namespace rowhouse::server {

grpc::ServerUnaryReactor* EmbeddingService::OpenSession(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(writes_, call, request, response, server::OpenSession);
}

grpc::ServerUnaryReactor* EmbeddingService::Heartbeat(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(reads_, call, request, response, server::Heartbeat);
}

grpc::ServerUnaryReactor* EmbeddingService::EndSession(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
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
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(writes_, call, request, response, server::WriteRows);
}

}  // namespace rowhouse::server
