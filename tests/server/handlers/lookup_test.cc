#include "server/handlers/lookup.h"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "proto/wire/hot.h"
#include "tests/server/handlers/shard_under_test.h"

namespace rowhouse::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LookupTest : public ShardUnderTest {
 protected:
  absl::StatusOr<LookupReply> Ask(const LookupRequest& request) {
    grpc::ByteBuffer response;
    ROWHOUSE_RETURN_IF_ERROR(Lookup(
        shard(), replies_, wire::EncodeLookupRequest(request), response));
    return wire::DecodeLookupResponse(response);
  }

  ReplyBudget replies_{kReplyBytesMax};
};

TEST_F(LookupTest, AnswersRowsAndSumsOfBags) {
  const std::vector<Id> ids = {2, 0, 1};
  const std::vector<float> weights = {1, 1, 0.5f};
  const std::vector<std::uint32_t> splits = {0, 0, 3};
  const std::vector<LookupInput> inputs = {
      {.table = "t", .dim = 2, .bags = {.ids = ids}},
      {.table = "t",
       .incarnation = TableIncarnation(5),
       .dim = 2,
       .pooling = Pooling::kSum,
       .bags = {ids, weights, splits}}};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const LookupReply reply,
                                Ask({.map_version = 7, .inputs = inputs}));
  ASSERT_EQ(reply.values.size(), 2u);
  EXPECT_THAT(reply.values[0], ElementsAre(2, 2, 0, 0, 1, 1));
  EXPECT_THAT(reply.values[1], ElementsAre(0, 0, 2.5f, 2.5f));
}

TEST_F(LookupTest, NoInputsAreAnEmptyAnswer) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const LookupReply reply, Ask({}));
  EXPECT_TRUE(reply.values.empty());
}

TEST_F(LookupTest, BadInputGetsItsCodeAndItsNumbers) {
  const std::vector<Id> ids = {1, 2};
  const std::vector<Id> outside = {1, 100};
  const std::vector<float> weights = {1};
  const std::vector<std::uint32_t> splits = {0, 1};
  const std::vector<Id> many(1 << 20, 1);
  struct Case {
    absl::StatusCode code;
    std::string says;
    std::uint64_t map_version;
    LookupInput input;
  };
  const auto invalid = absl::StatusCode::kInvalidArgument;
  for (const Case& c : std::vector<Case>{
           {absl::StatusCode::kNotFound,
            "no table 'u'",
            7,
            {.table = "u", .dim = 2}},
           {absl::StatusCode::kNotFound,
            "incarnation 9; the one here is 5",
            7,
            {.table = "t", .incarnation = TableIncarnation(9), .dim = 2}},
           {invalid,
            "dim is 2, the request says 3",
            7,
            {.table = "t", .dim = 3, .bags = {.ids = ids}}},
           // So wide that the answer would be too large: the dim is what is
           // wrong.
           {invalid,
            "dim is 2, the request says 4294967295",
            7,
            {.table = "t", .dim = ~0u, .bags = {.ids = ids}}},
           {invalid,
            "1 weights for 2 ids",
            7,
            {.table = "t",
            .dim = 2,
            .pooling = Pooling::kSum,
            .bags = {ids, weights, {}}}},
           {invalid,
            "row_splits end at 1 but there are 2 ids",
            7,
            {.table = "t",
            .dim = 2,
            .pooling = Pooling::kSum,
            .bags = {ids, {}, splits}}},
           {invalid,
            "without pooling has 1 weights and 2 row_splits",
            7,
            {.table = "t", .dim = 2, .bags = {ids, weights, splits}}},
           {invalid, "100", 7, {.table = "t", .dim = 2, .bags = {outside}}},
           {absl::StatusCode::kFailedPrecondition,
            "map version 6, this shard has 7",
            6,
            {.table = "t", .dim = 2, .bags = {ids}}},
       }) {
    EXPECT_THAT(Ask({c.map_version, {&c.input, 1}}),
                StatusIs(c.code, HasSubstr(c.says)));
  }
  ExpectNothingChanged();
  EXPECT_EQ(shard().Info().lookups, 0u);
}

TEST_F(LookupTest, AnAnswerBeyondAMessageIsRefused) {
  ROWHOUSE_ASSERT_OK(shard().CreateTable(shard::CounterSpec("wide", 4096),
                                         TableIncarnation(6)));
  const std::vector<Id> ids(4096, 1);  // 4,096 rows of 16 KiB
  const LookupInput input = {
      .table = "wide", .dim = 4096, .bags = {.ids = ids}};
  EXPECT_THAT(Ask({.inputs = {&input, 1}}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("a message holds 67108864")));
  EXPECT_EQ(shard().Info().lookups, 0u);
}

// One id asks for a row of 32 KiB: a few small requests make replies of
// hundreds of megabytes, which wait for as long as their clients do not read.
TEST_F(LookupTest, RepliesThatNobodyReadsDoNotTakeAllMemory) {
  ROWHOUSE_ASSERT_OK(shard().CreateTable(shard::CounterSpec("wide", 8192),
                                         TableIncarnation(6)));
  const std::vector<Id> ids(10, 1);  // 320 KiB
  const LookupInput input = {
      .table = "wide", .dim = 8192, .bags = {.ids = ids}};
  const grpc::ByteBuffer request =
      wire::EncodeLookupRequest({.inputs = {&input, 1}});
  ReplyBudget replies(1u << 20);
  std::vector<grpc::ByteBuffer> unread(3);
  for (grpc::ByteBuffer& reply : unread) {
    ROWHOUSE_ASSERT_OK(Lookup(shard(), replies, request, reply));
  }
  grpc::ByteBuffer refused;
  const std::uint64_t before = shard().Info().lookups;
  EXPECT_THAT(Lookup(shard(), replies, request, refused),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("at most 1048576 may")));
  EXPECT_EQ(shard().Info().lookups, before) << "computed all the same";
  unread[1].Clear();
  ROWHOUSE_EXPECT_OK(Lookup(shard(), replies, request, refused));
  refused.Clear();
  unread.clear();
  EXPECT_EQ(replies.bytes_taken(), 0u);
}

TEST_F(LookupTest, ARefusedLookupGivesItsShareBack) {
  const std::vector<Id> ids = {1};
  const LookupInput input = {.table = "u", .dim = 2, .bags = {.ids = ids}};
  EXPECT_THAT(Ask({.inputs = {&input, 1}}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(replies_.bytes_taken(), 0u);
}

TEST_F(LookupTest, BytesThatAreNoRequestAreRefused) {
  const grpc::Slice slice("\x12\x05oops");
  grpc::ByteBuffer response;
  EXPECT_THAT(Lookup(shard(), replies_, grpc::ByteBuffer(&slice, 1), response),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("LookupRequest: field 2 at byte 0")));
}

}  // namespace
}  // namespace rowhouse::server
