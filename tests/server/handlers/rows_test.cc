#include "server/handlers/rows.h"

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/message_bytes.h"
#include "tests/server/handlers/shard_under_test.h"

namespace rowhouse::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RowsTest : public ShardUnderTest {
 protected:
  absl::StatusOr<v1::ReadRowsResponse> Read(
      const v1::ReadRowsRequest& request) {
    grpc::ByteBuffer bytes;
    ROWHOUSE_RETURN_IF_ERROR(
        ReadRows(shard(), replies_, wire::Serialize(request), bytes));
    v1::ReadRowsResponse response;
    ROWHOUSE_RETURN_IF_ERROR(wire::Parse(bytes, response));
    return response;
  }

  absl::StatusOr<v1::PushResult> Write(const v1::WriteRowsRequest& request) {
    grpc::ByteBuffer bytes;
    ROWHOUSE_RETURN_IF_ERROR(
        WriteRows(shard(), wire::Serialize(request), bytes));
    v1::WriteRowsResponse response;
    ROWHOUSE_RETURN_IF_ERROR(wire::Parse(bytes, response));
    return response.result();
  }

  ReplyBudget replies_{kReplyBytesMax};

  // Sets row 2 to (7, 8).
  v1::WriteRowsRequest Seven() {
    v1::WriteRowsRequest request;
    *request.mutable_header() = wire::ToProto(trainer().header());
    request.set_table("t");
    request.set_dim(2);
    request.add_ids(2);
    request.add_weights(7);
    request.add_weights(8);
    return request;
  }
};

TEST_F(RowsTest, ReadsRowsAsTheyAre) {
  v1::ReadRowsRequest request;
  request.set_table("t");
  request.add_ids(2);
  request.add_ids(0);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const v1::ReadRowsResponse response,
                                Read(request));
  EXPECT_EQ(replies_.bytes_taken(), 0u);
  EXPECT_EQ(response.dim(), 2u);
  EXPECT_EQ(response.slot_floats(), 0u);
  EXPECT_THAT(response.stored(), ElementsAre(true, false));
  EXPECT_THAT(response.lsns(), ElementsAre(3, 0));
  EXPECT_THAT(response.weights(), ElementsAre(2, 2, 0, 0));
}

TEST_F(RowsTest, RepliesThatNobodyReadsDoNotTakeAllMemory) {
  ROWHOUSE_ASSERT_OK(shard().CreateTable(shard::CounterSpec("wide", 8192),
                                         TableIncarnation(6)));
  v1::ReadRowsRequest request;
  request.set_table("wide");
  for (int id = 0; id < 10; ++id) request.add_ids(id);  // 320 KiB
  const grpc::ByteBuffer bytes = wire::Serialize(request);
  ReplyBudget replies(1u << 20);
  std::vector<grpc::ByteBuffer> unread(3);
  for (grpc::ByteBuffer& reply : unread) {
    ROWHOUSE_ASSERT_OK(ReadRows(shard(), replies, bytes, reply));
  }
  grpc::ByteBuffer refused;
  EXPECT_THAT(ReadRows(shard(), replies, bytes, refused),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("at most 1048576 may")));
  unread.clear();
  ROWHOUSE_EXPECT_OK(ReadRows(shard(), replies, bytes, refused));
}

TEST_F(RowsTest, AnAnswerBeyondAMessageIsRefused) {
  ROWHOUSE_ASSERT_OK(shard().CreateTable(shard::CounterSpec("wide", 8192),
                                         TableIncarnation(6)));
  v1::ReadRowsRequest request;
  request.set_table("wide");
  for (int id = 0; id < 2048; ++id) request.add_ids(id);
  EXPECT_THAT(Read(request),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("bytes of values or more, at most 67108864")));
}

TEST_F(RowsTest, BytesThatAreNoRequestAreRefused) {
  const grpc::Slice slice("\x12\x05oops");
  grpc::ByteBuffer response;
  EXPECT_THAT(
      ReadRows(shard(), replies_, grpc::ByteBuffer(&slice, 1), response),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("ReadRowsRequest")));
}

TEST_F(RowsTest, WritesOnce) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(v1::PushResult result, Write(Seven()));
  EXPECT_EQ(result.lsn(), 4u);
  EXPECT_FALSE(result.duplicate());
  EXPECT_THAT(Counts(), ElementsAre(0, 1, 7));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(result, Write(Seven()));
  EXPECT_TRUE(result.duplicate());
}

TEST_F(RowsTest, BadReadsGetTheirCodeAndTheirNumbers) {
  v1::ReadRowsRequest request;
  request.set_table("u");
  EXPECT_THAT(Read(request),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'u'")));
  request.set_table("t");
  request.add_ids(-1);
  EXPECT_THAT(Read(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("18446744073709551615")));
  request.clear_ids();
  request.set_map_version(8);
  EXPECT_THAT(Read(request),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("map version 8, this shard has 7")));
}

TEST_F(RowsTest, BadWritesGetTheirCodeAndTheirNumbersAndChangeNothing) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  v1::WriteRowsRequest request = Seven();
  request.add_ids(2);
  request.add_weights(9);
  request.add_weights(9);
  EXPECT_THAT(Write(request),
              StatusIs(invalid, HasSubstr("id 2 is written twice")));
  request = Seven();
  request.add_weights(9);
  EXPECT_THAT(Write(request),
              StatusIs(invalid, HasSubstr("3 weight values for 1 rows of dim "
                                          "2, expected 2")));
  request = Seven();
  request.add_slots(1);
  EXPECT_THAT(Write(request),
              StatusIs(invalid, HasSubstr("1 slot values for 1 rows")));
  request = Seven();
  request.set_dim(3);
  EXPECT_THAT(Write(request),
              StatusIs(invalid, HasSubstr("dim is 2, the request says 3")));
  request = Seven();
  request.mutable_header()->set_durability(static_cast<v1::Durability>(9));
  EXPECT_THAT(Write(request),
              StatusIs(invalid, HasSubstr("durability: 9 is unknown")));
  request = Seven();
  request.clear_header();
  EXPECT_THAT(Write(request),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("map version 0, this shard has 7")));
  ExpectNothingChanged();
}

}  // namespace
}  // namespace rowhouse::server
