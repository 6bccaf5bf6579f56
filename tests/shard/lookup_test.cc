// Shard::Lookup, CheckLookup and ReadRows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"
#include "shard/shard.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class LookupTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t"), TableIncarnation(1)));
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(AdagradTable("a", 2), TableIncarnation(2)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer, Trainer::Connect(shard()));
    ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {1, 2, 3}));
    ROWHOUSE_ASSERT_OK(trainer.Count(shard(), "t", {3}));
  }
  Shard& shard() { return *process_.shard; }

  Machine machine_;
  Process process_;
};

TEST_F(LookupTest, SumsBagsOfStoredAndFirstRows) {
  const std::vector<Id> ids = {1, 3, 9, 3};
  const std::vector<std::uint32_t> splits = {0, 3, 3, 4};
  const std::vector<float> weights = {1, 10, 100, 0.5f};
  EXPECT_THAT(LookupOne(shard(), {.table = "t",
                                  .dim = 2,
                                  .pooling = Pooling::kSum,
                                  .bags = {ids, weights, splits}}),
              IsOkAndHolds(ElementsAre(21, 21, 0, 0, 1, 1)));
  const ShardInfo info = shard().Info();
  EXPECT_EQ(info.lookups, 1u);
  EXPECT_EQ(info.lookup_rows, 4u);
}

TEST_F(LookupTest, ARowNeverPushedIsAFunctionOfItsIdAndIsNotStored) {
  const std::vector<Id> ids = {7, 8, 7};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const std::vector<float> rows,
      LookupOne(shard(), {.table = "a", .dim = 2, .bags = {.ids = ids}}));
  EXPECT_EQ(rows[0], rows[4]);
  EXPECT_NE(rows[0], rows[2]);
  EXPECT_EQ(shard().DescribeTable("a")->rows_stored, 0u);
  const RowsReply read = ReadAll(shard(), "a", ids);
  EXPECT_EQ(read.weights, rows);
  EXPECT_THAT(read.stored, ElementsAre(0, 0, 0));
}

TEST_F(LookupTest, SeveralInputsInOneRequest) {
  const std::vector<Id> ids = {3, 1};
  const std::vector<LookupInput> inputs = {
      {.table = "t", .dim = 2, .bags = {.ids = ids}},
      {.table = "t", .dim = 2, .pooling = Pooling::kSum, .bags = {.ids = ids}},
      {.table = "a", .dim = 2, .bags = {}}};
  const LookupRequest request = {.map_version = 7, .inputs = inputs};
  EXPECT_THAT(shard().CheckLookup(request), IsOkAndHolds(ElementsAre(2, 2, 0)));
  std::vector<float> plain(4), pooled(4);
  ROWHOUSE_ASSERT_OK(shard().Lookup(
      request, {absl::MakeSpan(plain), absl::MakeSpan(pooled), {}}));
  EXPECT_THAT(plain, ElementsAre(2, 2, 1, 1));
  EXPECT_THAT(pooled, ElementsAre(2, 2, 1, 1));
}

// More ids than one thread takes, bags that straddle every border.
TEST_F(LookupTest, LargeRequestsAreTheSameForAnyLanesAndThreads) {
  std::vector<Id> ids;
  std::vector<std::uint32_t> splits = {0};
  for (std::uint32_t bag = 0; ids.size() < 50'000; ++bag) {
    const std::uint32_t size = bag == 100 ? 20'000 : bag % 41;
    for (std::uint32_t i = 0; i < size; ++i) ids.push_back(ids.size() * 31);
    splits.push_back(static_cast<std::uint32_t>(ids.size()));
  }
  const LookupInput input = {.table = "a",
                             .dim = 5,
                             .pooling = Pooling::kSum,
                             .bags = {.ids = ids, .row_splits = splits}};
  std::vector<std::vector<float>> results;
  for (const std::uint32_t lanes : {1u, 8u}) {
    Machine machine(lanes == 1 ? MakeInlineExecutor() : MakeThreadExecutor(2));
    Options options = Machine::OptionsOf();
    options.lanes = lanes;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start(options));
    ROWHOUSE_ASSERT_OK(
        process->CreateTable(AdagradTable("a", 5), TableIncarnation(1)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                  Trainer::Connect(*process.shard));
    const std::vector<Id> some(ids.begin(), ids.begin() + 1000);
    ROWHOUSE_ASSERT_OK(trainer.Count(*process.shard, "a", some, 5));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(std::vector<float> result,
                                  LookupOne(*process.shard, input));
    results.push_back(std::move(result));
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST_F(LookupTest, BadRequestsAreRefusedWithTheirNumbers) {
  const std::vector<Id> ids = {1};
  const auto check = [&](LookupInput input, std::uint64_t version = 0) {
    return shard()
        .CheckLookup({.map_version = version, .inputs = {&input, 1}})
        .status();
  };
  const LookupInput good = {.table = "t", .dim = 2, .bags = {.ids = ids}};
  ROWHOUSE_EXPECT_OK(check(good));
  EXPECT_THAT(check(good, 6), StatusIs(absl::StatusCode::kFailedPrecondition,
                                       HasSubstr("map version 6")));
  LookupInput bad = good;
  bad.table = "u";
  EXPECT_THAT(check(bad), StatusIs(absl::StatusCode::kNotFound));
  bad = good;
  bad.dim = 1;
  EXPECT_THAT(check(bad), StatusIs(kInvalid, HasSubstr("dim is 2")));
  const std::vector<std::uint32_t> splits = {1, 1};
  bad = good;
  bad.pooling = Pooling::kSum;
  bad.bags.row_splits = splits;
  EXPECT_THAT(check(bad), StatusIs(kInvalid, HasSubstr("begin at 1, not 0")));
  const std::vector<Id> many(kIdsPerRequestMax + 1);
  bad = good;
  bad.bags.ids = many;
  EXPECT_THAT(check(bad), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(LookupTest, OutputsMustFit) {
  const std::vector<Id> ids = {1};
  const LookupInput input = {.table = "t", .dim = 2, .bags = {.ids = ids}};
  std::vector<float> out(3);
  EXPECT_THAT(shard().Lookup({.inputs = {&input, 1}}, {absl::MakeSpan(out)}),
              StatusIs(kInvalid, "output 0 has room for 3 floats, expected 2"));
  EXPECT_THAT(shard().Lookup({.inputs = {&input, 1}}, {}),
              StatusIs(kInvalid, "0 outputs for 1 inputs"));
}

TEST_F(LookupTest, ReadRowsChecksItsRequest) {
  const std::vector<Id> ids = {1};
  EXPECT_THAT(shard().ReadRows({.table = "u", .ids = ids}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(shard().ReadRows({.map_version = 8, .table = "t", .ids = ids}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(
      shard().ReadRows(
          {.table = "t", .incarnation = TableIncarnation(9), .ids = ids}),
      StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace rowhouse::shard
