// rowhouse.v1.AdminService of one shard: each method a line, the work in
// handlers/.
#ifndef ROWHOUSE_SERVER_ADMIN_SERVICE_H_
#define ROWHOUSE_SERVER_ADMIN_SERVICE_H_

#include <grpcpp/support/byte_buffer.h>

#include "rowhouse/v1/admin_service.grpc.pb.h"
#include "server/unary_call.h"

namespace rowhouse::server {

// All as bytes. The name and the descriptors are the same, so that reflection
// sees no difference.
using AdminMethods = v1::AdminService::WithRawCallbackMethod_CreateTable<
    v1::AdminService::WithRawCallbackMethod_DescribeTable<
        v1::AdminService::WithRawCallbackMethod_ListTables<
            v1::AdminService::WithRawCallbackMethod_DropTable<
                v1::AdminService::WithRawCallbackMethod_CreateCheckpoint<
                    v1::AdminService::WithRawCallbackMethod_DeleteCheckpoint<
                        v1::AdminService::
                            WithRawCallbackMethod_RestoreCheckpoint<
                                v1::AdminService::
                                    WithRawCallbackMethod_ListCheckpoints<
                                        v1::AdminService::
                                            WithRawCallbackMethod_GetShardInfo<
                                                v1::AdminService::
                                                    Service>>>>>>>>>;

// Thread-safe.
class AdminService final : public AdminMethods {
 public:
  explicit AdminService(const CallContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* CreateTable(grpc::CallbackServerContext* call,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DescribeTable(grpc::CallbackServerContext* call,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListTables(grpc::CallbackServerContext* call,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DropTable(grpc::CallbackServerContext* call,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CreateCheckpoint(
      grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DeleteCheckpoint(
      grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RestoreCheckpoint(
      grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListCheckpoints(
      grpc::CallbackServerContext* call, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetShardInfo(grpc::CallbackServerContext* call,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;

 private:
  const CallContext context_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_ADMIN_SERVICE_H_
