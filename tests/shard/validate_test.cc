#include "shard/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/limits.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::HasSubstr;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;
constexpr BucketRange kAll = {0, kBuckets};
constexpr float kInf = std::numeric_limits<float>::infinity();

class ValidateTest : public testing::Test {
 protected:
  static TableSpec Bounded() {
    TableSpec spec = AdagradTable("t", 2);
    spec.rows = 100;
    return spec;
  }
  Table table_{Bounded(), TableIncarnation(9), 4};
  const std::vector<Id> ids_ = {1, 2};
  const std::vector<float> two_ = {1, 1};
  const std::vector<float> four_ = {1, 1, 1, 1};
};

TEST_F(ValidateTest, MapVersion) {
  ROWHOUSE_EXPECT_OK(CheckMapVersion(7, 7));
  EXPECT_THAT(CheckMapVersion(6, 7),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "request of map version 6, this shard has 7"));
}

TEST_F(ValidateTest, TableAndIncarnation) {
  Tables tables;
  tables.Add(std::make_unique<Table>(Bounded(), TableIncarnation(9), 1));
  ROWHOUSE_EXPECT_OK(FindTable(tables, "t", TableIncarnation(0)));
  ROWHOUSE_EXPECT_OK(FindTable(tables, "t", TableIncarnation(9)));
  EXPECT_THAT(FindTable(tables, "u", TableIncarnation(0)),
              StatusIs(absl::StatusCode::kNotFound, "no table 'u'"));
  EXPECT_THAT(FindTable(tables, "t", TableIncarnation(8)),
              StatusIs(absl::StatusCode::kNotFound,
                       "no table 't' of incarnation 8; the one here is 9"));
}

TEST_F(ValidateTest, LimitsAddUpOverInputs) {
  ROWHOUSE_EXPECT_OK(CheckInputs(kInputsPerRequestMax));
  EXPECT_THAT(CheckInputs(kInputsPerRequestMax + 1),
              StatusIs(kExhausted, "request of 4097 inputs, at most 4096"));
  RequestSize size;
  ROWHOUSE_EXPECT_OK(size.AddIds(kIdsPerRequestMax));
  EXPECT_THAT(size.AddIds(1),
              StatusIs(kExhausted, HasSubstr("request of 4194305 ids or more, "
                                             "at most 4194304")));
  ROWHOUSE_EXPECT_OK(size.AddFloats(kMessageBytesMax / 4));
  EXPECT_THAT(size.AddFloats(1),
              StatusIs(kExhausted, HasSubstr("67108868 bytes of values or "
                                             "more, at most 67108864")));
  EXPECT_THAT(RequestSize().AddIds(std::numeric_limits<std::size_t>::max()),
              StatusIs(kExhausted));
}

TEST_F(ValidateTest, LookupInput) {
  LookupInput input{.table = "t", .dim = 2, .bags = {.ids = ids_}};
  ROWHOUSE_EXPECT_OK(CheckLookupInput(table_, input, kAll));
  input.dim = 3;
  EXPECT_THAT(CheckLookupInput(table_, input, kAll),
              StatusIs(kInvalid, "table 't': dim is 2, the request says 3"));
  input.dim = 2;
  input.bags.weights = two_;
  EXPECT_THAT(CheckLookupInput(table_, input, kAll),
              StatusIs(kInvalid,
                       "table 't': lookup without pooling has 2 "
                       "weights and 0 row_splits, expected none"));
  input.pooling = Pooling::kSum;
  ROWHOUSE_EXPECT_OK(CheckLookupInput(table_, input, kAll));
  input.bags.weights = four_;
  EXPECT_THAT(CheckLookupInput(table_, input, kAll),
              StatusIs(kInvalid, "table 't': 4 weights for 2 ids"));
}

TEST_F(ValidateTest, Ids) {
  const std::vector<Id> beyond = {99, 100};
  EXPECT_THAT(CheckIds(table_, beyond, kAll),
              StatusIs(kInvalid, "table 't': id 100 is not in [0, 100)"));
  const BucketId bucket = table_.BucketOf(table_.Hash(1));
  const std::uint32_t b = bucket.value();
  ROWHOUSE_EXPECT_OK(CheckIds(table_, {1}, {b, b + 1}));
  EXPECT_THAT(CheckIds(table_, {1}, {b + 1, kBuckets}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("id 1 is in bucket")));
}

TEST_F(ValidateTest, PushInput) {
  PushInput input{
      .table = "t", .dim = 2, .bags = {.ids = ids_}, .gradients = four_};
  ROWHOUSE_EXPECT_OK(CheckPushInput(table_, input));
  input.gradients = two_;
  EXPECT_THAT(CheckPushInput(table_, input),
              StatusIs(kInvalid,
                       "table 't': 2 gradient values for 2 bags of "
                       "dim 2, expected 4"));
  const std::vector<std::uint32_t> splits = {0, 3};
  input.bags.row_splits = splits;
  EXPECT_THAT(CheckPushInput(table_, input),
              StatusIs(kInvalid,
                       "table 't': row_splits end at 3 but there "
                       "are 2 ids"));
}

TEST_F(ValidateTest, RejectNamesTheFirstValueThatIsNotFinite) {
  const std::vector<float> bad = {1, 1, 1, -kInf};
  PushInput input{
      .table = "t", .dim = 2, .bags = {.ids = ids_}, .gradients = bad};
  EXPECT_THAT(CheckPushInput(table_, input),
              StatusIs(kInvalid,
                       "table 't': gradient of bag 1 is not finite: "
                       "-inf at column 1 (NaN policy REJECT)"));
  const std::vector<float> bad_weights = {kInf, 1};
  input.gradients = four_;
  input.bags.weights = bad_weights;
  EXPECT_THAT(CheckPushInput(table_, input),
              StatusIs(kInvalid, HasSubstr("weight 0 is not finite: inf")));
  for (const NanPolicy policy : {NanPolicy::kSkipRow, NanPolicy::kPropagate}) {
    TableSpec spec = Bounded();
    spec.nan_policy = policy;
    input.gradients = bad;
    ROWHOUSE_EXPECT_OK(
        CheckPushInput(Table(spec, TableIncarnation(1), 1), input));
  }
}

TEST_F(ValidateTest, WriteRows) {
  WriteRowsRequest request{
      .table = "t", .dim = 2, .ids = ids_, .weights = four_};
  ROWHOUSE_EXPECT_OK(CheckWriteRows(table_, request));
  request.slots = four_;
  ROWHOUSE_EXPECT_OK(CheckWriteRows(table_, request));
  request.slots = two_;
  EXPECT_THAT(CheckWriteRows(table_, request),
              StatusIs(kInvalid,
                       "table 't': 2 slot values for 2 rows of 2, "
                       "expected 4 or none"));
  request.weights = two_;
  EXPECT_THAT(CheckWriteRows(table_, request),
              StatusIs(kInvalid,
                       "table 't': 2 weight values for 2 rows of "
                       "dim 2, expected 4"));
  const std::vector<Id> twice = {7, 7};
  request = {.table = "t", .dim = 2, .ids = twice, .weights = four_};
  EXPECT_THAT(CheckWriteRows(table_, request),
              StatusIs(kInvalid, "table 't': id 7 is written twice"));
}

TEST_F(ValidateTest, Sequence) {
  const auto check = [](std::uint64_t sequence, std::uint64_t lowest) {
    return CheckSequence(
        {.sequence = sequence, .lowest_unacknowledged = lowest});
  };
  ROWHOUSE_EXPECT_OK(check(5, 5));
  ROWHOUSE_EXPECT_OK(check(kPushWindow - 1, 0));
  EXPECT_THAT(check(kPushWindow, 0),
              StatusIs(kInvalid,
                       "sequence 1024 with lowest unacknowledged 0: "
                       "expected lowest <= sequence < lowest + "
                       "1024"));
  EXPECT_THAT(check(4, 5), StatusIs(kInvalid));
  // It would have no successor, and be new again each time it is sent.
  constexpr std::uint64_t kGreatest = ~std::uint64_t{0};
  ROWHOUSE_EXPECT_OK(check(kGreatest - 1, kGreatest - 1));
  EXPECT_THAT(check(kGreatest, kGreatest), StatusIs(kInvalid));
}

}  // namespace
}  // namespace rowhouse::shard
