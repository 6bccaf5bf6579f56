#include "server/embedding_service.h"

#include <limits>
#include <string>
#include <vector>

#include "base/limits.h"
#include "proto/wire/status.h"
#include "tests/server/running_server.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Calls by the typed stub that any client has: what it sends and reads is the
// same as on the raw path.
class EmbeddingServiceTest : public RunningServer {
 protected:
  void SetUp() override {
    RunningServer::SetUp();
    CreateCounters("t");
    header_.map_version = 1;
    header_.session = OpenSession();
    const std::vector<Id> ids = {1, 2};
    ROWHOUSE_ASSERT_OK(Count(header_, "t", ids));
    ++header_.sequence;
  }

  absl::Status Lookup(const v1::LookupRequest& request) {
    grpc::ClientContext context;
    looked_up_.Clear();
    return wire::FromGrpcStatus(
        embedding().Lookup(&context, request, &looked_up_));
  }
  absl::Status Push(const v1::PushRequest& request) {
    grpc::ClientContext context;
    pushed_.Clear();
    return wire::FromGrpcStatus(embedding().Push(&context, request, &pushed_));
  }

  // Ids 2 and 3 once more.
  v1::PushRequest GoodPush() const {
    v1::PushRequest request;
    v1::PushHeader& header = *request.mutable_header();
    header.set_map_version(1);
    header.mutable_session()->set_incarnation(header_.session.incarnation);
    header.mutable_session()->set_number(header_.session.number);
    header.set_sequence(header_.sequence);
    v1::PushInput& input = *request.add_inputs();
    input.set_table("t");
    input.set_dim(2);
    for (const int id : {2, 3}) input.add_ids(id);
    for (int i = 0; i < 4; ++i) input.add_gradients(1);
    return request;
  }

  void ExpectNothingChanged() {
    EXPECT_THAT(Counts("t", {1, 2, 3}), ElementsAre(1, 1, 0));
    v1::GetShardInfoResponse info;
    grpc::ClientContext context;
    ASSERT_TRUE(admin().GetShardInfo(&context, {}, &info).ok());
    EXPECT_EQ(info.pushes(), 1u);
    EXPECT_EQ(info.last_lsn(), 2u);  // the session and its push
  }

  PushHeader header_;
  v1::LookupResponse looked_up_;
  v1::PushResponse pushed_;
};

TEST_F(EmbeddingServiceTest, LooksUpAndPushesByTheTypedStub) {
  v1::LookupRequest lookup;
  v1::LookupInput& input = *lookup.add_inputs();
  input.set_table("t");
  input.set_dim(2);
  input.set_pooling(v1::POOLING_SUM);
  for (const int id : {1, 2, 3}) input.add_ids(id);
  for (const int split : {0, 2, 3}) input.add_row_splits(split);
  ROWHOUSE_ASSERT_OK(Lookup(lookup));
  ASSERT_EQ(looked_up_.outputs_size(), 1);
  EXPECT_EQ(looked_up_.outputs(0).dim(), 2u);
  EXPECT_THAT(looked_up_.outputs(0).values(), ElementsAre(2, 2, 0, 0));

  ROWHOUSE_ASSERT_OK(Push(GoodPush()));
  EXPECT_EQ(pushed_.result().lsn(), 3u);
  EXPECT_EQ(pushed_.result().durability(), v1::DURABILITY_PROCESS);
  ROWHOUSE_ASSERT_OK(Push(GoodPush()));
  EXPECT_TRUE(pushed_.result().duplicate());
  EXPECT_THAT(Counts("t", {1, 2, 3}), ElementsAre(1, 2, 1));
}

TEST_F(EmbeddingServiceTest, ReadsAndWritesRows) {
  v1::WriteRowsRequest write;
  *write.mutable_header() = GoodPush().header();
  write.set_table("t");
  write.set_dim(2);
  write.add_ids(-1);
  write.add_weights(0.5f);
  write.add_weights(0.25f);
  v1::WriteRowsResponse written;
  grpc::ClientContext context;
  ASSERT_TRUE(embedding().WriteRows(&context, write, &written).ok());
  EXPECT_EQ(written.result().lsn(), 3u);
  EXPECT_THAT(Counts("t", {~Id{0}}), ElementsAre(0.5f));
}

TEST_F(EmbeddingServiceTest, BadLookupsGetTheirCodeAndTheirNumbers) {
  v1::LookupRequest request;
  v1::LookupInput& input = *request.add_inputs();
  input.set_table("u");
  input.set_dim(2);
  EXPECT_THAT(Lookup(request),
              StatusIs(absl::StatusCode::kNotFound, "no table 'u'"));
  input.set_table("t");
  input.set_dim(3);
  EXPECT_THAT(Lookup(request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "table 't': dim is 2, the request says 3"));
  input.set_dim(2);
  input.set_pooling(v1::POOLING_SUM);
  input.add_ids(1);
  input.add_row_splits(0);
  input.add_row_splits(2);
  EXPECT_THAT(Lookup(request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("row_splits end at 2 but there are 1 ids")));
  input.clear_row_splits();
  request.set_map_version(2);
  EXPECT_THAT(Lookup(request),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "request of map version 2, this shard has 1"));
}

TEST_F(EmbeddingServiceTest, BadPushesGetTheirCodeAndChangeNothing) {
  v1::PushRequest request = GoodPush();
  request.mutable_inputs(0)->set_table("u");
  EXPECT_THAT(Push(request),
              StatusIs(absl::StatusCode::kNotFound, "no table 'u'"));
  request = GoodPush();
  request.mutable_inputs(0)->set_gradients(
      3, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(Push(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("gradient of bag 1 is not "
                                                "finite: nan at column 1")));
  request = GoodPush();
  request.mutable_inputs(0)->add_row_splits(0);
  EXPECT_THAT(Push(request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("row_splits end at 0 but there are 2 ids")));
  request = GoodPush();
  request.mutable_header()->set_map_version(2);
  EXPECT_THAT(Push(request),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "request of map version 2, this shard has 1"));
  request = GoodPush();
  request.mutable_header()->mutable_session()->set_number(99);
  EXPECT_THAT(Push(request), StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("session 99 is unknown")));
  ExpectNothingChanged();
}

// By which a client knows an answer from a call that was cut off.
TEST_F(EmbeddingServiceTest, AnErrorOfAHandlerCarriesItsMark) {
  v1::PushRequest request = GoodPush();
  request.mutable_inputs(0)->set_table("u");
  grpc::ClientContext context;
  const grpc::Status status = embedding().Push(&context, request, &pushed_);
  EXPECT_EQ(
      status.error_details(),
      wire::ToGrpcStatus(absl::NotFoundError("no table 'u'")).error_details());
}

TEST_F(EmbeddingServiceTest, ABatchOverTheLimitIsRefusedWithTheLimit) {
  v1::PushRequest request = GoodPush();
  v1::PushInput& input = *request.mutable_inputs(0);
  input.mutable_ids()->Resize(kIdsPerRequestMax + 1, 1);
  EXPECT_THAT(Push(request), StatusIs(absl::StatusCode::kResourceExhausted,
                                      "the request has more than 4194304 ids"));
  // Beyond what a message may be, gRPC refuses before we see it.
  input.mutable_ids()->Resize(kMessageBytesMax / 8, 1);
  EXPECT_THAT(Push(request), StatusIs(absl::StatusCode::kResourceExhausted,
                                      HasSubstr("larger than max")));
  request = GoodPush();
  for (std::size_t i = 0; i < kInputsPerRequestMax; ++i) request.add_inputs();
  EXPECT_THAT(Push(request), StatusIs(absl::StatusCode::kResourceExhausted,
                                      HasSubstr("more than 4096")));
  ExpectNothingChanged();
}

TEST_F(EmbeddingServiceTest, LargeMessagesPassBothWays) {
  // 3 million ids up are 24 MB and come in many slices; 48 MB come down.
  v1::LookupRequest request;
  v1::LookupInput& input = *request.add_inputs();
  input.set_table("t");
  input.set_dim(2);
  constexpr int kIds = 3'000'000;
  input.mutable_ids()->Resize(kIds, 2);
  input.set_ids(kIds - 1, 3);
  ROWHOUSE_ASSERT_OK(Lookup(request));
  ASSERT_EQ(looked_up_.outputs(0).values_size(), 2 * kIds);
  EXPECT_EQ(looked_up_.outputs(0).values(2 * kIds - 3), 1.0f);
  EXPECT_EQ(looked_up_.outputs(0).values(2 * kIds - 1), 0.0f);
}

TEST_F(EmbeddingServiceTest, BytesThatAreNoRequestAreRefused) {
  EXPECT_THAT(CallBytes(channel(), "/rowhouse.v1.EmbeddingService/Push",
                        "\x12\x7f not so long"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("PushRequest: field 2 at byte 0: length 127 "
                                 "passes the end")));
  EXPECT_THAT(CallBytes(channel(), "/rowhouse.v1.EmbeddingService/Pull", ""),
              StatusIs(absl::StatusCode::kUnimplemented));
  ExpectNothingChanged();
}

TEST_F(EmbeddingServiceTest, OpenSessionChecksTheMapVersion) {
  v1::OpenSessionRequest request;
  request.set_map_version(3);
  v1::OpenSessionResponse response;
  grpc::ClientContext context;
  EXPECT_THAT(wire::FromGrpcStatus(
                  embedding().OpenSession(&context, request, &response)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "request of map version 3, this shard has 1"));
  ExpectNothingChanged();
}

}  // namespace
}  // namespace rowhouse::server
