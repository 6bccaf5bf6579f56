#include "client/internal/grpc_shard_stub.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <deque>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/internal/latch.h"
#include "proto/wire/status.h"
#include "rowhouse/v1/admin_service.grpc.pb.h"
#include "rowhouse/v1/embedding_service.grpc.pb.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Answers by protobuf, so that the client's own bytes meet another reader.
class FakeEmbeddingService final : public v1::EmbeddingService::Service {
 public:
  grpc::Status Lookup(grpc::ServerContext*, const v1::LookupRequest* request,
                      v1::LookupResponse* response) override {
    lookup = *request;
    for (const v1::LookupInput& input : request->inputs()) {
      v1::LookupOutput& output = *response->add_outputs();
      output.set_dim(input.dim());
      for (const std::int64_t id : input.ids()) {
        for (std::uint32_t d = 0; d < input.dim(); ++d) {
          output.add_values(static_cast<float>(id) + 0.25f);
        }
      }
    }
    return grpc::Status::OK;
  }
  grpc::Status Push(grpc::ServerContext*, const v1::PushRequest* request,
                    v1::PushResponse* response) override {
    push = *request;
    sequences.push_back(request->header().sequence());
    response->mutable_result()->set_lsn(12);
    response->mutable_result()->set_durability(v1::DURABILITY_POWER);
    if (push_ends.empty()) return grpc::Status::OK;
    const grpc::Status end = push_ends.front();
    push_ends.pop_front();
    return end;
  }
  grpc::Status WriteRows(grpc::ServerContext*,
                         const v1::WriteRowsRequest* request,
                         v1::WriteRowsResponse* response) override {
    write = *request;
    response->mutable_result()->set_lsn(13);
    response->mutable_result()->set_durability(v1::DURABILITY_PROCESS);
    response->mutable_result()->set_duplicate(true);
    return grpc::Status::OK;
  }
  grpc::Status OpenSession(grpc::ServerContext*, const v1::OpenSessionRequest*,
                           v1::OpenSessionResponse* response) override {
    response->mutable_session()->set_incarnation(77);
    response->mutable_session()->set_number(3);
    response->set_restore_id(5);
    response->set_wanted_snapshot_epoch(2);
    return grpc::Status::OK;
  }
  grpc::Status ReadRows(grpc::ServerContext*,
                        const v1::ReadRowsRequest* request,
                        v1::ReadRowsResponse* response) override {
    read = *request;
    response->set_dim(1);
    for (const std::int64_t id : request->ids()) {
      response->add_stored(true);
      response->add_lsns(9);
      response->add_weights(static_cast<float>(id));
    }
    return grpc::Status::OK;
  }

  v1::LookupRequest lookup;
  v1::PushRequest push;
  v1::WriteRowsRequest write;
  v1::ReadRowsRequest read;
  std::deque<grpc::Status> push_ends;  // of the next pushes; then OK
  std::vector<std::uint64_t> sequences;
};

class FakeAdminService final : public v1::AdminService::Service {
 public:
  grpc::Status CreateCheckpoint(grpc::ServerContext*,
                                const v1::CreateCheckpointRequest* request,
                                v1::CreateCheckpointResponse*) override {
    checkpoint = *request;
    return grpc::Status(grpc::StatusCode::ALREADY_EXISTS, "part is there");
  }
  grpc::Status RestoreCheckpoint(grpc::ServerContext*,
                                 const v1::RestoreCheckpointRequest* request,
                                 v1::RestoreCheckpointResponse*) override {
    restores.push_back(*request);
    return grpc::Status::OK;
  }
  grpc::Status DropTable(grpc::ServerContext*,
                         const v1::DropTableRequest* request,
                         v1::DropTableResponse*) override {
    return grpc::Status(
        grpc::StatusCode::NOT_FOUND,
        absl::StrCat(request->name(), " of ", request->incarnation(), " at ",
                     request->shard_incarnation()));
  }

  v1::CreateCheckpointRequest checkpoint;
  std::vector<v1::RestoreCheckpointRequest> restores;
};

class GrpcShardStubTest : public ::testing::Test {
 protected:
  void SetUp() override {
    address_ = absl::StrCat("unix:", dir_.File("socket"));
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&embedding_);
    builder.RegisterService(&admin_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    stub_ = MakeGrpcShardStub(address_);
  }
  ~GrpcShardStubTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }
  absl::Time Deadline() { return absl::Now() + absl::Seconds(30); }

  absl::StatusOr<PushReply> Push(const PushRequest& request) {
    absl::StatusOr<PushReply> result = absl::UnknownError("no answer");
    Latch answered(1);
    stub_->Push(request, Deadline(), [&](absl::StatusOr<PushReply> reply) {
      result = std::move(reply);
      answered.CountDown();
    });
    answered.Wait();
    return result;
  }

  TempDir dir_;
  std::string address_;
  FakeEmbeddingService embedding_;
  FakeAdminService admin_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ShardStub> stub_;
};

TEST_F(GrpcShardStubTest, LookupSaysWhatProtobufReads) {
  const std::vector<Id> ids = {3, 4};
  LookupInput input;
  input.table = "t";
  input.incarnation = TableIncarnation(8);
  input.dim = 2;
  input.bags.ids = ids;
  absl::StatusOr<LookupReply> result = absl::UnknownError("no answer");
  Latch answered(1);
  stub_->Lookup({4, {input}}, {}, Deadline(),
                [&](absl::StatusOr<LookupReply> reply) {
                  result = std::move(reply);
                  answered.CountDown();
                });
  answered.Wait();
  ROWHOUSE_ASSERT_OK(result);
  ASSERT_THAT(result->values, SizeIs(1));
  EXPECT_THAT(result->values[0], ElementsAre(3.25f, 3.25f, 4.25f, 4.25f));
  EXPECT_EQ(embedding_.lookup.map_version(), 4u);
  EXPECT_EQ(embedding_.lookup.inputs(0).table(), "t");
  EXPECT_EQ(embedding_.lookup.inputs(0).incarnation(), 8u);
}

TEST_F(GrpcShardStubTest, PushCarriesItsHeader) {
  PushRequest request;
  request.header.session = {7, 8};
  request.header.sequence = 9;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply reply, Push(request));
  EXPECT_EQ(reply.lsn, Lsn(12));
  EXPECT_EQ(reply.durability, Durability::kPower);
  EXPECT_EQ(embedding_.push.header().session().number(), 8u);
  EXPECT_EQ(embedding_.push.header().sequence(), 9u);
  embedding_.push_ends = {
      grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "session 8 ended")};
  EXPECT_THAT(Push(request), StatusIs(absl::StatusCode::kFailedPrecondition,
                                      "session 8 ended"));
}

TEST_F(GrpcShardStubTest, AServerThatIsGoneIsUnavailableAndFoundAgain) {
  ROWHOUSE_ASSERT_OK(Push({}));
  server_->Shutdown();
  server_.reset();
  EXPECT_THAT(Push({}), StatusIs(absl::StatusCode::kUnavailable));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
  builder.RegisterService(&embedding_);
  server_ = builder.BuildAndStart();
  RetryLoop retry({}, SystemClock(), SystemSleeper());
  ROWHOUSE_EXPECT_OK(retry.Run(Idempotency::kRepeatable, retry.Deadline(),
                               [&](absl::Time) { return Push({}).status(); }));
}

TEST_F(GrpcShardStubTest, APushThatGrpcCutOffIsTriedAgainWithItsSequence) {
  embedding_.push_ends = {
      grpc::Status(grpc::StatusCode::CANCELLED, "the server goes"),
      grpc::Status(grpc::StatusCode::UNKNOWN, "stream removed"),
      grpc::Status(grpc::StatusCode::INTERNAL, "RST_STREAM")};
  PushRequest request;
  request.header.sequence = 9;
  RetryLoop retry({}, SystemClock(), SystemSleeper());
  ROWHOUSE_EXPECT_OK(
      retry.Run(Idempotency::kRepeatable, retry.Deadline(),
                [&](absl::Time) { return Push(request).status(); }));
  EXPECT_THAT(embedding_.sequences, ElementsAre(9, 9, 9, 9));
}

TEST_F(GrpcShardStubTest, TheInternalErrorOfAShardIsItsAnswer) {
  embedding_.push_ends = {wire::ToGrpcStatus(absl::InternalError("our bug"))};
  RetryLoop retry({}, SystemClock(), SystemSleeper());
  EXPECT_THAT(retry.Run(Idempotency::kRepeatable, retry.Deadline(),
                        [&](absl::Time) { return Push({}).status(); }),
              StatusIs(absl::StatusCode::kInternal, "our bug"));
  EXPECT_THAT(embedding_.sequences, SizeIs(1));
}

TEST_F(GrpcShardStubTest, RowsAndSessions) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto session,
                                stub_->OpenSession(Deadline()));
  EXPECT_EQ(session.session, (SessionName{77, 3}));
  EXPECT_EQ(session.restore_id, 5u);
  EXPECT_EQ(session.wanted_snapshot_epoch, 2u);

  const std::vector<Id> ids = {1, ~Id{0}};
  ReadRowsRequest read{4, "t", TableIncarnation(8), ids};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const RowsReply rows,
                                stub_->ReadRows(read, Deadline()));
  EXPECT_THAT(embedding_.read.ids(), ElementsAre(1, -1));
  EXPECT_THAT(rows.weights, ElementsAre(1, -1));

  WriteRowsRequest write;
  const std::vector<float> weights = {.5f, .25f};
  write.table = "t";
  write.dim = 1;
  write.ids = ids;
  write.weights = weights;
  absl::StatusOr<PushReply> result = absl::UnknownError("no answer");
  Latch answered(1);
  stub_->WriteRows(write, Deadline(), [&](absl::StatusOr<PushReply> reply) {
    result = std::move(reply);
    answered.CountDown();
  });
  answered.Wait();
  ROWHOUSE_ASSERT_OK(result);
  EXPECT_TRUE(result->duplicate);
  EXPECT_THAT(embedding_.write.weights(), ElementsAre(.5f, .25f));
}

TEST_F(GrpcShardStubTest, StagesOfCheckpointAndRestore) {
  const auto there =
      StatusIs(absl::StatusCode::kAlreadyExists, "part is there");
  EXPECT_THAT(stub_->OpenCheckpoint("c", 8, Deadline()), there);
  EXPECT_EQ(admin_.checkpoint.stage(), v1::CreateCheckpointRequest::STAGE_OPEN);
  EXPECT_EQ(admin_.checkpoint.snapshot_epoch(), 8u);
  EXPECT_THAT(stub_->CloseCheckpoint("c", 9, Deadline()), there);
  EXPECT_EQ(admin_.checkpoint.stage(),
            v1::CreateCheckpointRequest::STAGE_CLOSE);
  EXPECT_EQ(admin_.checkpoint.snapshot_epoch(), 9u);
  EXPECT_THAT(stub_->AbortCheckpoint("c", 10, Deadline()), there);
  EXPECT_EQ(admin_.checkpoint.stage(),
            v1::CreateCheckpointRequest::STAGE_ABORT);
  EXPECT_THAT(stub_->CommitCheckpoint("c", 9, {{ShardIndex(0), 5, 6, "ff"}},
                                      Deadline()),
              there);
  EXPECT_EQ(admin_.checkpoint.stage(),
            v1::CreateCheckpointRequest::STAGE_COMMIT);
  EXPECT_EQ(admin_.checkpoint.snapshot_epoch(), 9u);
  ASSERT_EQ(admin_.checkpoint.shards_size(), 1);
  EXPECT_EQ(admin_.checkpoint.shards(0).rows(), 5u);
  ROWHOUSE_ASSERT_OK(stub_->BeginRestore({"c", 44, true, 7}, Deadline()));
  ROWHOUSE_ASSERT_OK(stub_->FinishRestore("c", 44, Deadline()));
  ASSERT_THAT(admin_.restores, SizeIs(2));
  EXPECT_EQ(admin_.restores[0].stage(),
            v1::RestoreCheckpointRequest::STAGE_BEGIN);
  EXPECT_TRUE(admin_.restores[0].replace());
  EXPECT_EQ(admin_.restores[0].incarnation(), 7u);
  EXPECT_EQ(admin_.restores[1].stage(),
            v1::RestoreCheckpointRequest::STAGE_FINISH);
  EXPECT_EQ(admin_.restores[1].restore_id(), 44u);
  EXPECT_THAT(stub_->DropTable({"t", TableIncarnation(5), 6}, Deadline()),
              StatusIs(absl::StatusCode::kNotFound, "t of 5 at 6"));
}

TEST_F(GrpcShardStubTest, ACallEndsByItsDeadline) {
  auto nobody = MakeGrpcShardStub(absl::StrCat("unix:", dir_.File("nobody")));
  EXPECT_TRUE(IsTransient(
      nobody->GetShardInfo(absl::Now() + absl::Milliseconds(50)).status()));
}

}  // namespace
}  // namespace rowhouse::internal
