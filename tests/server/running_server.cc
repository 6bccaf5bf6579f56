#include "tests/server/running_server.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "base/limits.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/status.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

absl::StatusOr<grpc::ByteBuffer> CallBuffer(grpc::Channel& channel,
                                            const std::string& method,
                                            const grpc::ByteBuffer& request) {
  // The channel lives as long as the test, longer than this stub.
  grpc::GenericStub stub(
      std::shared_ptr<grpc::ChannelInterface>(&channel, [](auto*) {}));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return wire::FromGrpcStatus(status);
  return response;
}

}  // namespace

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments);
}

absl::StatusOr<std::string> CallBytes(grpc::Channel& channel,
                                      const std::string& method,
                                      absl::string_view request) {
  const grpc::Slice slice(request.data(), request.size());
  ROWHOUSE_ASSIGN_OR_RETURN(
      const grpc::ByteBuffer response,
      CallBuffer(channel, method, grpc::ByteBuffer(&slice, 1)));
  std::vector<grpc::Slice> slices;
  if (!response.Dump(&slices).ok()) return absl::InternalError("no bytes");
  std::string bytes;
  for (const grpc::Slice& s : slices) {
    bytes.append(reinterpret_cast<const char*>(s.begin()), s.size());
  }
  return bytes;
}

Options RunningServer::ServerOptions() const {
  Options options;
  options.listen = "127.0.0.1:0";
  options.data_dir = directory_.File("data");
  options.new_incarnation = 4711;
  options.drain_timeout = absl::Seconds(60);
  return options;
}

void RunningServer::Start() {
  auto server = Server::Start(ServerOptions());
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = std::move(*server);
  channel_ = ChannelTo(server_->address());
  embedding_ = v1::EmbeddingService::NewStub(channel_);
  admin_ = v1::AdminService::NewStub(channel_);
}

void RunningServer::Restart() {
  ROWHOUSE_ASSERT_OK(server_->Drain());
  server_.reset();
  Start();
}

void RunningServer::CreateCounters(const std::string& name) {
  TableSpec spec;
  spec.name = name;
  spec.dim = 2;
  spec.optimizer = SgdSpec{.learning_rate = -1.0f};
  v1::CreateTableRequest request;
  *request.mutable_spec() = wire::ToProto(spec);
  request.set_incarnation(9);
  v1::CreateTableResponse response;
  grpc::ClientContext context;
  const grpc::Status status = admin_->CreateTable(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

SessionName RunningServer::OpenSession() {
  v1::OpenSessionResponse response;
  grpc::ClientContext context;
  const grpc::Status status = embedding_->OpenSession(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return wire::FromProto(response).session;
}

absl::StatusOr<PushReply> RunningServer::Count(const PushHeader& header,
                                               const std::string& table,
                                               absl::Span<const Id> ids) {
  const std::vector<float> ones(2 * ids.size(), 1.0f);
  const PushInput input = {
      .table = table, .dim = 2, .bags = {.ids = ids}, .gradients = ones};
  ROWHOUSE_ASSIGN_OR_RETURN(
      const grpc::ByteBuffer response,
      CallBuffer(*channel_, "/rowhouse.v1.EmbeddingService/Push",
                 wire::EncodePushRequest({header, {&input, 1}})));
  return wire::DecodePushResponse(response);
}

std::vector<float> RunningServer::Counts(const std::string& table,
                                         const std::vector<Id>& ids) {
  v1::ReadRowsResponse response;
  grpc::ClientContext context;
  const grpc::Status status = embedding_->ReadRows(
      &context, wire::ToProto(ReadRowsRequest{.table = table, .ids = ids}),
      &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  std::vector<float> counts;
  for (int i = 0; i < response.weights_size(); i += 2) {
    counts.push_back(response.weights(i));
  }
  return counts;
}

}  // namespace rowhouse::server
