#include "server/unary_call.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/status.h"
#include "tests/server/memory_server.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

// Calls that are under way at the same time over one connection, in the order
// in which they were begun.
class ManyCalls {
 public:
  explicit ManyCalls(std::shared_ptr<grpc::Channel> channel)
      : stub_(std::move(channel)) {}
  ~ManyCalls() { queue_.Shutdown(); }

  void Begin(const std::string& method, const grpc::ByteBuffer& request) {
    auto call = std::make_unique<Call>();
    // A call that hangs is a failure, not a test that hangs.
    call->context.set_deadline(std::chrono::system_clock::now() +
                               std::chrono::seconds(60));
    call->reader =
        stub_.PrepareUnaryCall(&call->context, method, request, &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->response, &call->status, call.get());
    calls_.push_back(std::move(call));
  }

  // Waits until one more has its answer.
  absl::Status Next() {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) return absl::InternalError("no call left");
    return wire::FromGrpcStatus(static_cast<Call*>(tag)->status);
  }

 private:
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
    grpc::ByteBuffer response;
    grpc::Status status;
  };
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::vector<std::unique_ptr<Call>> calls_;
};

// Holds whoever comes until it is opened.
class Barrier {
 public:
  void Wait() {
    MutexLock lock(mu_);
    reached_ = true;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mu_);
  }
  void UntilReached() {
    MutexLock lock(mu_);
    while (!reached_) changed_.Wait(mu_);
  }
  void Open() {
    MutexLock lock(mu_);
    open_ = true;
    changed_.NotifyAll();
  }

 private:
  Mutex mu_;
  CondVar changed_;
  bool reached_ ABSL_GUARDED_BY(mu_) = false;
  bool open_ ABSL_GUARDED_BY(mu_) = false;
};

class UnaryCallTest : public MemoryServer {
 protected:
  // Ones for the rows of `ids` of table "t", of width 1.
  static grpc::ByteBuffer PushOf(const PushHeader& header,
                                 const std::vector<Id>& ids) {
    const std::vector<float> ones(ids.size(), 1.0f);
    const PushInput input = {
        .table = "t", .dim = 1, .bags = {.ids = ids}, .gradients = ones};
    return wire::EncodePushRequest({header, {&input, 1}});
  }

  void CreateTable() {
    TableSpec spec;
    spec.name = "t";
    spec.dim = 1;
    v1::CreateTableRequest request;
    *request.mutable_spec() = wire::ToProto(spec);
    request.set_incarnation(9);
    v1::CreateTableResponse response;
    grpc::ClientContext context;
    ASSERT_TRUE(v1::AdminService::NewStub(ChannelTo(address()))
                    ->CreateTable(&context, request, &response)
                    .ok());
  }

  PushHeader OpenSession() {
    v1::OpenSessionResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::EmbeddingService::NewStub(ChannelTo(address()))
                    ->OpenSession(&context, {}, &response)
                    .ok());
    PushHeader header;
    header.map_version = 1;
    header.session = wire::FromProto(response).session;
    return header;
  }
};

// More pushes than the server has threads wait for a segment of the journal,
// which a checkpoint begins on a slow disk. Lookups do not wait with them.
TEST_F(UnaryCallTest, LookupsGoOnWhilePushesWaitForTheDisk) {
  constexpr int kPushes = 40;
  ROWHOUSE_ASSERT_OK(Start());
  CreateTable();
  PushHeader header = OpenSession();
  v1::CreateCheckpointRequest checkpoint;
  checkpoint.set_name("c");
  checkpoint.set_stage(v1::CreateCheckpointRequest::STAGE_OPEN);
  ManyCalls checkpoints(ChannelTo(address()));
  checkpoints.Begin("/rowhouse.v1.AdminService/CreateCheckpoint",
                    wire::Serialize(checkpoint));
  ROWHOUSE_ASSERT_OK(checkpoints.Next());
  // Of the next epoch: nothing else holds the cut up.
  header.snapshot_epoch = 1;
  checkpoints.Begin("/rowhouse.v1.EmbeddingService/Push", PushOf(header, {1}));
  ROWHOUSE_ASSERT_OK(checkpoints.Next());
  ++header.sequence;
  Barrier rolling;
  OnStep([&](const std::string& path) {
    if (absl::StrContains(path, "/data/journal/")) rolling.Wait();
  });
  checkpoint.set_stage(v1::CreateCheckpointRequest::STAGE_CLOSE);
  checkpoints.Begin("/rowhouse.v1.AdminService/CreateCheckpoint",
                    wire::Serialize(checkpoint));
  rolling.UntilReached();

  // On one connection the server meets the pushes first.
  const auto channel = ChannelTo(address());
  ManyCalls pushes(channel);
  for (int i = 0; i < kPushes; ++i) {
    pushes.Begin("/rowhouse.v1.EmbeddingService/Push", PushOf(header, {1}));
    ++header.sequence;
  }
  const std::vector<Id> ids = {1, 2};
  const LookupInput input = {.table = "t", .dim = 1, .bags = {.ids = ids}};
  const grpc::ByteBuffer lookup =
      wire::EncodeLookupRequest({.inputs = {&input, 1}});
  ManyCalls lookups(channel);
  for (int i = 0; i < kPushes; ++i) {
    lookups.Begin("/rowhouse.v1.EmbeddingService/Lookup", lookup);
  }
  for (int i = 0; i < kPushes; ++i) ROWHOUSE_EXPECT_OK(lookups.Next());
  v1::ReadRowsRequest rows;
  rows.set_table("t");
  rows.add_ids(1);
  lookups.Begin("/rowhouse.v1.EmbeddingService/ReadRows",
                wire::Serialize(rows));
  ROWHOUSE_EXPECT_OK(lookups.Next());

  rolling.Open();
  ROWHOUSE_EXPECT_OK(checkpoints.Next());
  for (int i = 0; i < kPushes; ++i) ROWHOUSE_EXPECT_OK(pushes.Next());
  OnStep(nullptr);
}

// Protobuf would make a gigabyte of a small part of what a message may be.
TEST_F(UnaryCallTest, ALargeRequestWithoutRowsIsRefusedUnread) {
  ROWHOUSE_ASSERT_OK(Start());
  const auto channel = ChannelTo(address());
  std::string parts;
  while (parts.size() <= kControlBytesMax) parts.append("\x22\x00", 2);
  EXPECT_THAT(
      CallBytes(*channel, "/rowhouse.v1.AdminService/CreateCheckpoint", parts),
      StatusIs(absl::StatusCode::kResourceExhausted,
               testing::HasSubstr("1048578 bytes, at most 1048576")));
  EXPECT_THAT(
      CallBytes(*channel, "/rowhouse.v1.AdminService/CreateCheckpoint", "\x22"),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(UnaryCallTest, PackedBytesAreNotUnpacked) {
  ROWHOUSE_ASSERT_OK(Start());
  const auto channel = ChannelTo(address());
  v1::ReadRowsRequest zeros;
  zeros.mutable_ids()->Resize(1 << 20, 0);
  for (const grpc_compression_algorithm packed :
       {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    grpc::ClientContext context;
    context.set_compression_algorithm(packed);
    v1::ReadRowsResponse response;
    const grpc::Status status =
        v1::EmbeddingService::NewStub(channel)->ReadRows(&context, zeros,
                                                         &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED)
        << status.error_message();
  }
}

}  // namespace
}  // namespace rowhouse::server
