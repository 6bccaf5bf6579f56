#include "server/admin_service.h"

#include "server/handlers/checkpoints.h"
#include "server/handlers/tables.h"

namespace rowhouse::server {

grpc::ServerUnaryReactor* AdminService::CreateTable(
    grpc::CallbackServerContext* call, const v1::CreateTableRequest* request,
    v1::CreateTableResponse* response) {
  return Answer(context_, call, request, response, server::CreateTable);
}

grpc::ServerUnaryReactor* AdminService::DescribeTable(
    grpc::CallbackServerContext* call, const v1::DescribeTableRequest* request,
    v1::DescribeTableResponse* response) {
  return Answer(context_, call, request, response, server::DescribeTable);
}

grpc::ServerUnaryReactor* AdminService::ListTables(
    grpc::CallbackServerContext* call, const v1::ListTablesRequest* request,
    v1::ListTablesResponse* response) {
  return Answer(context_, call, request, response, server::ListTables);
}

grpc::ServerUnaryReactor* AdminService::DropTable(
    grpc::CallbackServerContext* call, const v1::DropTableRequest* request,
    v1::DropTableResponse* response) {
  return Answer(context_, call, request, response, server::DropTable);
}

grpc::ServerUnaryReactor* AdminService::CreateCheckpoint(
    grpc::CallbackServerContext* call,
    const v1::CreateCheckpointRequest* request,
    v1::CreateCheckpointResponse* response) {
  return Answer(context_, call, request, response, server::CreateCheckpoint);
}

grpc::ServerUnaryReactor* AdminService::DeleteCheckpoint(
    grpc::CallbackServerContext* call,
    const v1::DeleteCheckpointRequest* request,
    v1::DeleteCheckpointResponse* response) {
  return Answer(context_, call, request, response, server::DeleteCheckpoint);
}

grpc::ServerUnaryReactor* AdminService::RestoreCheckpoint(
    grpc::CallbackServerContext* call,
    const v1::RestoreCheckpointRequest* request,
    v1::RestoreCheckpointResponse* response) {
  return Answer(context_, call, request, response, server::RestoreCheckpoint);
}

grpc::ServerUnaryReactor* AdminService::ListCheckpoints(
    grpc::CallbackServerContext* call,
    const v1::ListCheckpointsRequest* request,
    v1::ListCheckpointsResponse* response) {
  return Answer(context_, call, request, response, server::ListCheckpoints);
}

grpc::ServerUnaryReactor* AdminService::GetShardInfo(
    grpc::CallbackServerContext* call, const v1::GetShardInfoRequest* request,
    v1::GetShardInfoResponse* response) {
  return Answer(context_, call, request, response, server::GetShardInfo);
}

}  // namespace rowhouse::server
