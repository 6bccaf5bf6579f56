#include "server/handlers/push.h"

#include <limits>
#include <string>
#include <vector>

#include "proto/wire/hot.h"
#include "tests/server/handlers/shard_under_test.h"

namespace rowhouse::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PushTest : public ShardUnderTest {
 protected:
  absl::StatusOr<PushReply> Send(const PushRequest& request) {
    grpc::ByteBuffer response;
    ROWHOUSE_RETURN_IF_ERROR(
        Push(shard(), wire::EncodePushRequest(request), response));
    return wire::DecodePushResponse(response);
  }

  // The next push of the session: ids 0 and 2 once more.
  PushInput Good() const {
    return {.table = "t", .dim = 2, .bags = {.ids = ids_}, .gradients = ones_};
  }

  const std::vector<Id> ids_ = {0, 2};
  const std::vector<float> ones_ = {1, 1, 1, 1};
};

TEST_F(PushTest, AppliesOnceAndAnswersTwice) {
  const PushInput input = Good();
  const PushRequest request = {trainer().header(), {&input, 1}};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply first, Send(request));
  EXPECT_EQ(first.lsn, Lsn(4));
  EXPECT_FALSE(first.duplicate);
  EXPECT_EQ(first.durability, Durability::kProcess);
  EXPECT_THAT(Counts(), ElementsAre(1, 1, 3));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply second, Send(request));
  EXPECT_TRUE(second.duplicate);
  EXPECT_EQ(second.lsn, Lsn(4));
  EXPECT_THAT(Counts(), ElementsAre(1, 1, 3));
}

TEST_F(PushTest, WeightsAndBagsReachTheRows) {
  const std::vector<Id> ids = {0, 2, 2};
  const std::vector<float> weights = {0.5f, 1, 2};
  const std::vector<std::uint32_t> splits = {0, 2, 3};
  const PushInput input = {.table = "t",
                           .dim = 2,
                           .bags = {ids, weights, splits},
                           .gradients = ones_};
  ROWHOUSE_ASSERT_OK(Send({trainer().header(), {&input, 1}}));
  EXPECT_THAT(Counts(), ElementsAre(0.5f, 1, 5));
}

TEST_F(PushTest, ABadHeaderGetsItsCodeAndItsNumbersAndChangesNothing) {
  struct Case {
    absl::StatusCode code;
    std::string says;
    PushHeader header;
  };
  const auto precondition = absl::StatusCode::kFailedPrecondition;
  std::vector<Case> cases(6, {precondition, "", trainer().header()});
  cases[0].says = "map version 6, this shard has 7";
  cases[0].header.map_version = 6;
  cases[1].says = "map version 0, this shard has 7";
  cases[1].header.map_version = 0;
  cases[2].says = "session 8 is unknown or has ended";
  cases[2].header.session.number = 8;
  cases[3].says = "session of incarnation 77, this data directory is";
  cases[3].header.session.incarnation = 77;
  cases[4].code = absl::StatusCode::kInvalidArgument;
  cases[4].says = "sequence 2 with lowest unacknowledged 3";
  cases[4].header.lowest_unacknowledged = 3;
  cases[5].code = absl::StatusCode::kInvalidArgument;
  cases[5].says = "sequence 1024 with lowest unacknowledged 0";
  cases[5].header.sequence = 1024;
  const PushInput input = Good();
  for (const Case& c : cases) {
    EXPECT_THAT(Send({c.header, {&input, 1}}),
                StatusIs(c.code, HasSubstr(c.says)));
  }
  ExpectNothingChanged();
}

TEST_F(PushTest, ABadInputGetsItsCodeAndItsNumbersAndChangesNothing) {
  const std::vector<Id> outside = {0, 100};
  const std::vector<float> nan = {1, 1, 1,
                                  std::numeric_limits<float>::quiet_NaN()};
  const std::vector<float> three = {1, 1, 1};
  const std::vector<float> weight = {1};
  const std::vector<std::uint32_t> falling = {0, 2, 1, 2};
  struct Case {
    absl::StatusCode code;
    std::string says;
    PushInput input;
  };
  const auto invalid = absl::StatusCode::kInvalidArgument;
  std::vector<Case> cases(8, {invalid, "", Good()});
  cases[0].code = absl::StatusCode::kNotFound;
  cases[0].says = "no table 'u'";
  cases[0].input.table = "u";
  cases[1].code = absl::StatusCode::kNotFound;
  cases[1].says = "incarnation 9; the one here is 5";
  cases[1].input.incarnation = TableIncarnation(9);
  cases[2].says = "dim is 2, the request says 4";
  cases[2].input.dim = 4;
  cases[3].says = "id 100";
  cases[3].input.bags.ids = outside;
  cases[4].says = "gradient of bag 1 is not finite: nan at column 1";
  cases[4].input.gradients = nan;
  cases[5].says = "3 gradient values for 2 bags of dim 2, expected 4";
  cases[5].input.gradients = three;
  cases[6].says = "1 weights for 2 ids";
  cases[6].input.bags.weights = weight;
  cases[7].says = "row_splits fall from 2 to 1 at 2";
  cases[7].input.bags.row_splits = falling;
  for (const Case& c : cases) {
    // Alone, and after an input that is right: nothing of either is applied.
    const std::vector<PushInput> inputs = {Good(), c.input};
    EXPECT_THAT(Send({trainer().header(), {&c.input, 1}}),
                StatusIs(c.code, HasSubstr(c.says)));
    EXPECT_THAT(Send({trainer().header(), inputs}),
                StatusIs(c.code, HasSubstr(c.says)));
  }
  ExpectNothingChanged();
  // The sequence that was refused may be sent again.
  const PushInput input = Good();
  ROWHOUSE_EXPECT_OK(Send({trainer().header(), {&input, 1}}));
}

TEST_F(PushTest, BytesThatAreNoRequestChangeNothing) {
  const grpc::Slice slice("\x0a\x05oops");
  grpc::ByteBuffer response;
  EXPECT_THAT(Push(shard(), grpc::ByteBuffer(&slice, 1), response),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("PushRequest: field 1 at byte 0")));
  ExpectNothingChanged();
}

TEST_F(PushTest, OpensSessionsWithRisingNumbers) {
  v1::OpenSessionResponse response;
  ROWHOUSE_ASSERT_OK(OpenSession(shard(), {}, response));
  EXPECT_EQ(response.session().incarnation(), 1000u);
  EXPECT_EQ(response.session().number(), 2u);
  EXPECT_EQ(response.restore_id(), 0u);
  ROWHOUSE_ASSERT_OK(shard().Close());
  EXPECT_THAT(OpenSession(shard(), {}, response),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace rowhouse::server
