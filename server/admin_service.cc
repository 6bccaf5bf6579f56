#include "server/admin_service.h"

#include "server/handlers/checkpoints.h"
#include "server/handlers/tables.h"

namespace rowhouse::server {

grpc::ServerUnaryReactor* AdminService::CreateTable(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::CreateTable);
}

grpc::ServerUnaryReactor* AdminService::DescribeTable(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::DescribeTable);
}

grpc::ServerUnaryReactor* AdminService::ListTables(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::ListTables);
}

grpc::ServerUnaryReactor* AdminService::DropTable(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::DropTable);
}

grpc::ServerUnaryReactor* AdminService::CreateCheckpoint(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::CreateCheckpoint);
}

grpc::ServerUnaryReactor* AdminService::DeleteCheckpoint(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::DeleteCheckpoint);
}

grpc::ServerUnaryReactor* AdminService::RestoreCheckpoint(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::RestoreCheckpoint);
}

grpc::ServerUnaryReactor* AdminService::ListCheckpoints(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::ListCheckpoints);
}

grpc::ServerUnaryReactor* AdminService::GetShardInfo(
    grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(context_, call, request, response, server::GetShardInfo);
}

}  // namespace rowhouse::server
