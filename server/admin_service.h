// rowhouse.v1.AdminService of one shard: each method a line, the work in
// handlers/.
#ifndef ROWHOUSE_SERVER_ADMIN_SERVICE_H_
#define ROWHOUSE_SERVER_ADMIN_SERVICE_H_

#include "rowhouse/v1/admin_service.grpc.pb.h"
#include "server/unary_call.h"

namespace rowhouse::server {

// Thread-safe.
class AdminService final : public v1::AdminService::CallbackService {
 public:
  explicit AdminService(const CallContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* CreateTable(
      grpc::CallbackServerContext* call, const v1::CreateTableRequest* request,
      v1::CreateTableResponse* response) override;
  grpc::ServerUnaryReactor* DescribeTable(
      grpc::CallbackServerContext* call,
      const v1::DescribeTableRequest* request,
      v1::DescribeTableResponse* response) override;
  grpc::ServerUnaryReactor* ListTables(
      grpc::CallbackServerContext* call, const v1::ListTablesRequest* request,
      v1::ListTablesResponse* response) override;
  grpc::ServerUnaryReactor* DropTable(grpc::CallbackServerContext* call,
                                      const v1::DropTableRequest* request,
                                      v1::DropTableResponse* response) override;
  grpc::ServerUnaryReactor* CreateCheckpoint(
      grpc::CallbackServerContext* call,
      const v1::CreateCheckpointRequest* request,
      v1::CreateCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCheckpoint(
      grpc::CallbackServerContext* call,
      const v1::DeleteCheckpointRequest* request,
      v1::DeleteCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* RestoreCheckpoint(
      grpc::CallbackServerContext* call,
      const v1::RestoreCheckpointRequest* request,
      v1::RestoreCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* ListCheckpoints(
      grpc::CallbackServerContext* call,
      const v1::ListCheckpointsRequest* request,
      v1::ListCheckpointsResponse* response) override;
  grpc::ServerUnaryReactor* GetShardInfo(
      grpc::CallbackServerContext* call, const v1::GetShardInfoRequest* request,
      v1::GetShardInfoResponse* response) override;

 private:
  const CallContext context_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_ADMIN_SERVICE_H_
