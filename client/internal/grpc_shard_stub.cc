#include "client/internal/grpc_shard_stub.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "absl/time/time.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/status.h"
#include "rowhouse/v1/admin_service.grpc.pb.h"
#include "rowhouse/v1/embedding_service.grpc.pb.h"

namespace rowhouse::internal {
namespace {

grpc::ChannelArguments ChannelArguments() {
  grpc::ChannelArguments arguments;
  // One retry loop, ours: gRPC's would hide tries from the push sequence.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
  arguments.SetMaxSendMessageSize(static_cast<int>(kMessageBytesMax));
  // A server that was killed and started again is found within half a second.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  // gRPC's name for the longest one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  // A host that vanished answers nothing, and TCP takes a quarter of an hour to
  // say so: the next try would wait on the same connection.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // else only two
  // A channel of its own, so that clients do not share a connection's state.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // Shards are spoken to directly, whatever proxy the machine's web uses.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

template <typename Request, typename Response>
struct AsyncCall {
  grpc::ClientContext context;
  Request request;
  Response response;
};

// Takes the response and lets the call go. To be done before the caller hears
// of the end: the context holds the channel, and were it the last to do so, in
// gRPC's own callback thread, gRPC would wait there for that very thread.
template <typename Request, typename Response>
Response TakeResponse(std::shared_ptr<AsyncCall<Request, Response>>& call) {
  Response response = std::move(call->response);
  call.reset();
  return response;
}

class GrpcShardStub final : public ShardStub {
 public:
  GrpcShardStub(std::string address,
                const std::shared_ptr<grpc::Channel>& channel)
      : address_(std::move(address)),
        raw_(channel),
        embedding_(v1::EmbeddingService::NewStub(channel)),
        admin_(v1::AdminService::NewStub(channel)) {}

  std::string address() const override { return address_; }

  void Lookup(const LookupRequest& request,
              absl::Span<const absl::Span<float>> /*outputs*/,
              absl::Time deadline, LookupDone done) override {
    CallRaw("/rowhouse.v1.EmbeddingService/Lookup",
            wire::EncodeLookupRequest(request), deadline,
            &wire::DecodeLookupResponse, std::move(done));
  }

  void Push(const PushRequest& request, absl::Time deadline,
            PushDone done) override {
    CallRaw("/rowhouse.v1.EmbeddingService/Push",
            wire::EncodePushRequest(request), deadline,
            &wire::DecodePushResponse, std::move(done));
  }

  void WriteRows(const WriteRowsRequest& request, absl::Time deadline,
                 PushDone done) override {
    auto call = std::make_shared<
        AsyncCall<v1::WriteRowsRequest, v1::WriteRowsResponse>>();
    call->request = wire::ToProto(request);
    call->context.set_deadline(absl::ToChronoTime(deadline));
    auto finish = std::make_shared<PushDone>(std::move(done));
    embedding_->async()->WriteRows(
        &call->context, &call->request, &call->response,
        [call, finish](const grpc::Status& status) mutable {
          const v1::WriteRowsResponse response = TakeResponse(call);
          if (status.ok()) {
            (*finish)(wire::FromProto(response.result()));
          } else {
            (*finish)(wire::FromGrpcStatus(status));
          }
        });
  }

  absl::StatusOr<RowsReply> ReadRows(const ReadRowsRequest& request,
                                     absl::Time deadline) override {
    v1::ReadRowsRequest message;
    message.set_map_version(request.map_version);
    message.set_table(std::string(request.table));
    message.set_incarnation(request.incarnation.value());
    for (const Id id : request.ids) {
      message.add_ids(static_cast<std::int64_t>(id));
    }
    v1::ReadRowsResponse response;
    ROWHOUSE_RETURN_IF_ERROR(Unary(*embedding_,
                                   &v1::EmbeddingService::Stub::ReadRows,
                                   message, response, deadline));
    return wire::FromProto(response);
  }

  absl::StatusOr<OpenSessionReply> OpenSession(absl::Time deadline) override {
    v1::OpenSessionResponse response;
    ROWHOUSE_RETURN_IF_ERROR(
        Unary(*embedding_, &v1::EmbeddingService::Stub::OpenSession,
              v1::OpenSessionRequest(), response, deadline));
    return wire::FromProto(response);
  }

  absl::StatusOr<std::uint64_t> Heartbeat(const HeartbeatRequest& request,
                                          absl::Time deadline) override {
    v1::HeartbeatResponse response;
    ROWHOUSE_RETURN_IF_ERROR(Unary(*embedding_,
                                   &v1::EmbeddingService::Stub::Heartbeat,
                                   wire::ToProto(request), response, deadline));
    return response.wanted_snapshot_epoch();
  }

  absl::Status EndSession(const SessionName& session,
                          absl::Time deadline) override {
    v1::EndSessionRequest request;
    *request.mutable_session() = wire::ToProto(session);
    v1::EndSessionResponse response;
    return Unary(*embedding_, &v1::EmbeddingService::Stub::EndSession, request,
                 response, deadline);
  }

  absl::Status CreateTable(const TableSpec& spec, TableIncarnation incarnation,
                           absl::Time deadline) override {
    v1::CreateTableRequest request;
    *request.mutable_spec() = wire::ToProto(spec);
    request.set_incarnation(incarnation.value());
    v1::CreateTableResponse response;
    return Unary(*admin_, &v1::AdminService::Stub::CreateTable, request,
                 response, deadline);
  }

  absl::Status DropTable(const DropTableRequest& table,
                         absl::Time deadline) override {
    v1::DropTableRequest request;
    request.set_name(table.name);
    request.set_incarnation(table.incarnation.value());
    request.set_shard_incarnation(table.shard_incarnation);
    v1::DropTableResponse response;
    return Unary(*admin_, &v1::AdminService::Stub::DropTable, request, response,
                 deadline);
  }

  absl::StatusOr<TableInfo> DescribeTable(absl::string_view name,
                                          absl::Time deadline) override {
    v1::DescribeTableRequest request;
    request.set_name(std::string(name));
    v1::DescribeTableResponse response;
    ROWHOUSE_RETURN_IF_ERROR(Unary(*admin_,
                                   &v1::AdminService::Stub::DescribeTable,
                                   request, response, deadline));
    return wire::FromProto(response.table());
  }

  absl::StatusOr<std::vector<TableInfo>> ListTables(
      absl::Time deadline) override {
    v1::ListTablesResponse response;
    ROWHOUSE_RETURN_IF_ERROR(Unary(*admin_, &v1::AdminService::Stub::ListTables,
                                   v1::ListTablesRequest(), response,
                                   deadline));
    std::vector<TableInfo> tables;
    for (const v1::Table& table : response.tables()) {
      ROWHOUSE_ASSIGN_OR_RETURN(TableInfo info, wire::FromProto(table));
      tables.push_back(std::move(info));
    }
    return tables;
  }

  absl::StatusOr<ShardInfo> GetShardInfo(absl::Time deadline) override {
    v1::GetShardInfoResponse response;
    ROWHOUSE_RETURN_IF_ERROR(
        Unary(*admin_, &v1::AdminService::Stub::GetShardInfo,
              v1::GetShardInfoRequest(), response, deadline));
    return wire::FromProto(response);
  }

  absl::Status OpenCheckpoint(absl::string_view name, std::uint64_t epoch,
                              absl::Time deadline) override {
    v1::CreateCheckpointResponse response;
    return Stage(v1::CreateCheckpointRequest::STAGE_OPEN, name, epoch, {},
                 response, deadline);
  }

  absl::StatusOr<ShardCheckpoint> CloseCheckpoint(
      absl::string_view name, std::uint64_t epoch,
      absl::Time deadline) override {
    v1::CreateCheckpointResponse response;
    ROWHOUSE_RETURN_IF_ERROR(Stage(v1::CreateCheckpointRequest::STAGE_CLOSE,
                                   name, epoch, {}, response, deadline));
    return wire::FromProto(response.shard());
  }

  absl::StatusOr<CheckpointInfo> CommitCheckpoint(
      absl::string_view name, std::uint64_t epoch,
      const std::vector<ShardCheckpoint>& parts, absl::Time deadline) override {
    v1::CreateCheckpointResponse response;
    ROWHOUSE_RETURN_IF_ERROR(Stage(v1::CreateCheckpointRequest::STAGE_COMMIT,
                                   name, epoch, parts, response, deadline));
    return wire::FromProto(response.checkpoint());
  }

  absl::Status AbortCheckpoint(absl::string_view name, std::uint64_t epoch,
                               absl::Time deadline) override {
    v1::CreateCheckpointResponse response;
    return Stage(v1::CreateCheckpointRequest::STAGE_ABORT, name, epoch, {},
                 response, deadline);
  }

  absl::Status DeleteCheckpoint(absl::string_view name,
                                absl::Time deadline) override {
    v1::DeleteCheckpointRequest request;
    request.set_name(std::string(name));
    v1::DeleteCheckpointResponse response;
    return Unary(*admin_, &v1::AdminService::Stub::DeleteCheckpoint, request,
                 response, deadline);
  }

  absl::StatusOr<CheckpointListing> ListCheckpoints(
      absl::Time deadline) override {
    v1::ListCheckpointsResponse response;
    ROWHOUSE_RETURN_IF_ERROR(
        Unary(*admin_, &v1::AdminService::Stub::ListCheckpoints,
              v1::ListCheckpointsRequest(), response, deadline));
    return wire::FromProto(response);
  }

  absl::Status BeginRestore(const RestoreRequest& restore,
                            absl::Time deadline) override {
    v1::RestoreCheckpointRequest request;
    request.set_name(restore.name);
    request.set_stage(v1::RestoreCheckpointRequest::STAGE_BEGIN);
    request.set_restore_id(restore.restore_id);
    request.set_replace(restore.replace);
    request.set_incarnation(restore.incarnation);
    v1::RestoreCheckpointResponse response;
    return Unary(*admin_, &v1::AdminService::Stub::RestoreCheckpoint, request,
                 response, deadline);
  }

  absl::Status FinishRestore(absl::string_view name, std::uint64_t restore_id,
                             absl::Time deadline) override {
    v1::RestoreCheckpointRequest request;
    request.set_name(std::string(name));
    request.set_stage(v1::RestoreCheckpointRequest::STAGE_FINISH);
    request.set_restore_id(restore_id);
    v1::RestoreCheckpointResponse response;
    return Unary(*admin_, &v1::AdminService::Stub::RestoreCheckpoint, request,
                 response, deadline);
  }

 private:
  absl::Status Stage(v1::CreateCheckpointRequest::Stage stage,
                     absl::string_view name, std::uint64_t epoch,
                     const std::vector<ShardCheckpoint>& parts,
                     v1::CreateCheckpointResponse& response,
                     absl::Time deadline) {
    v1::CreateCheckpointRequest request;
    request.set_name(std::string(name));
    request.set_stage(stage);
    request.set_snapshot_epoch(epoch);
    for (const ShardCheckpoint& part : parts) {
      *request.add_shards() = wire::ToProto(part);
    }
    return Unary(*admin_, &v1::AdminService::Stub::CreateCheckpoint, request,
                 response, deadline);
  }

  template <typename Stub, typename Request, typename Response>
  static absl::Status Unary(Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                         const Request&,
                                                         Response*),
                            const Request& request, Response& response,
                            absl::Time deadline) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    return wire::FromGrpcStatus((stub.*method)(&context, request, &response));
  }

  // Sends bytes and decodes bytes; no protobuf object in between.
  template <typename Reply>
  void CallRaw(const char* method, grpc::ByteBuffer request,
               absl::Time deadline,
               absl::StatusOr<Reply> (*decode)(const grpc::ByteBuffer&),
               absl::AnyInvocable<void(absl::StatusOr<Reply>)> done) {
    auto call =
        std::make_shared<AsyncCall<grpc::ByteBuffer, grpc::ByteBuffer>>();
    call->request.Swap(&request);
    call->context.set_deadline(absl::ToChronoTime(deadline));
    // gRPC takes a copyable function; `done` is not.
    auto finish =
        std::make_shared<absl::AnyInvocable<void(absl::StatusOr<Reply>)>>(
            std::move(done));
    raw_.UnaryCall(&call->context, method, grpc::StubOptions(), &call->request,
                   &call->response,
                   [call, decode, finish](const grpc::Status& status) mutable {
                     const grpc::ByteBuffer response = TakeResponse(call);
                     if (status.ok()) {
                       (*finish)(decode(response));
                     } else {
                       (*finish)(wire::FromGrpcStatus(status));
                     }
                   });
  }

  const std::string address_;
  grpc::GenericStub raw_;
  const std::unique_ptr<v1::EmbeddingService::Stub> embedding_;
  const std::unique_ptr<v1::AdminService::Stub> admin_;
};

}  // namespace

std::unique_ptr<ShardStub> MakeGrpcShardStub(const std::string& address) {
  return std::make_unique<GrpcShardStub>(
      address,
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                ChannelArguments()));
}

}  // namespace rowhouse::internal
