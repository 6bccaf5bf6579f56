#include "shard/push_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr BucketRange kAll = {0, kBuckets};

class PushWorkTest : public testing::Test {
 protected:
  Table a_{CounterSpec("a", 2), TableIncarnation(1), 1};
  Table b_{CounterSpec("b", 1), TableIncarnation(2), 1};
};

TEST_F(PushWorkTest, GivesEveryIdTheGradientOfItsBag) {
  const std::vector<Id> ids = {5, 6, 7};
  const std::vector<std::uint32_t> splits = {0, 2, 2, 3};
  const std::vector<float> gradients = {1, 2, 3, 4, 5, 6};
  PushWork work;
  ROWHOUSE_ASSERT_OK(work.FillGradients(
      {{&a_, {.ids = ids, .row_splits = splits}, gradients}}, kAll, 1));
  ASSERT_EQ(work.tables(), 1u);
  const PushWork::Piece piece = work.piece(0, 0);
  EXPECT_EQ(piece.table, &a_);
  EXPECT_FALSE(piece.writes);
  EXPECT_THAT(piece.ids, ElementsAre(5, 6, 7));
  EXPECT_THAT(piece.values,
              ElementsAre(&gradients[0], &gradients[0], &gradients[4]));
  EXPECT_THAT(piece.weights, IsEmpty());
  EXPECT_EQ(work.ids(), 3u);
  EXPECT_EQ(work.floats(), 6u);
}

TEST_F(PushWorkTest, JoinsTheInputsOfATableInTheirOrder) {
  const std::vector<Id> first = {1}, other = {9}, second = {2, 1};
  const std::vector<float> weights = {0.5f, 0.25f};
  const std::vector<float> gradients = {1, 2, 3, 4};
  PushWork work;
  ROWHOUSE_ASSERT_OK(work.FillGradients(
      {{&a_, {.ids = first}, absl::MakeSpan(gradients).first(2)},
       {&b_, {.ids = other}, absl::MakeSpan(gradients).first(1)},
       {&a_, {.ids = second, .weights = weights}, gradients}},
      kAll, 1));
  ASSERT_EQ(work.tables(), 2u);
  EXPECT_THAT(work.piece(0, 0).ids, ElementsAre(1, 2, 1));
  EXPECT_THAT(work.piece(0, 0).weights, ElementsAre(1.0f, 0.5f, 0.25f));
  EXPECT_THAT(work.piece(1, 0).ids, ElementsAre(9));
  EXPECT_THAT(work.piece(1, 0).weights, IsEmpty());
}

TEST_F(PushWorkTest, LanesHoldEveryIdOnceInPositionOrder) {
  Table table(CounterSpec("t", 1), TableIncarnation(3), 4);
  std::vector<Id> ids;
  for (Id id = 0; id < 100; ++id) ids.push_back(id / 2);
  const std::vector<float> gradients(100);
  PushWork work;
  ROWHOUSE_ASSERT_OK(
      work.FillGradients({{&table, {.ids = ids}, gradients}}, kAll, 4));
  EXPECT_THAT(work.lanes(), ElementsAre(0, 1, 2, 3));
  std::size_t count = 0;
  for (std::uint32_t lane = 0; lane < 4; ++lane) {
    const PushWork::Piece piece = work.piece(0, lane);
    EXPECT_TRUE(std::is_sorted(piece.ids.begin(), piece.ids.end()));
    EXPECT_TRUE(std::is_sorted(piece.values.begin(), piece.values.end()));
    for (const Id id : piece.ids) {
      EXPECT_EQ(table.LaneOf(table.BucketOf(table.Hash(id))), lane);
    }
    count += piece.ids.size();
  }
  EXPECT_EQ(count, 100u);
}

TEST_F(PushWorkTest, OnlyLanesWithWorkAreBusy) {
  Table table(CounterSpec("t", 1), TableIncarnation(3), 8);
  const std::vector<Id> ids = {5};
  const std::vector<float> gradients = {1};
  PushWork work;
  ROWHOUSE_ASSERT_OK(
      work.FillGradients({{&table, {.ids = ids}, gradients}}, kAll, 8));
  EXPECT_THAT(work.lanes(),
              ElementsAre(table.LaneOf(table.BucketOf(table.Hash(5)))));
  ROWHOUSE_ASSERT_OK(work.FillGradients({{&table, {}, {}}}, kAll, 8));
  EXPECT_THAT(work.lanes(), IsEmpty());
}

TEST_F(PushWorkTest, WritesPointAtWeightsAndSlots) {
  Table table(AdagradTable("t", 2), TableIncarnation(3), 1);
  const std::vector<Id> ids = {8, 9};
  const std::vector<float> weights = {1, 2, 3, 4};
  const std::vector<float> slots = {5, 6, 7, 8};
  PushWork work;
  ROWHOUSE_ASSERT_OK(work.FillRows({&table, ids, weights, slots}, kAll, 1));
  const PushWork::Piece piece = work.piece(0, 0);
  EXPECT_TRUE(piece.writes);
  EXPECT_THAT(piece.values, ElementsAre(&weights[0], &weights[2]));
  EXPECT_THAT(piece.slots, ElementsAre(&slots[0], &slots[2]));
  ROWHOUSE_ASSERT_OK(work.FillRows({&table, ids, weights, {}}, kAll, 1));
  EXPECT_THAT(work.piece(0, 0).slots, IsEmpty());
}

TEST_F(PushWorkTest, NamesTheIdThatIsNotHere) {
  TableSpec spec = CounterSpec("t", 1);
  spec.rows = 10;
  Table table(spec, TableIncarnation(3), 4);
  const std::vector<float> gradients = {1, 1};
  PushWork work;
  const std::vector<Id> beyond = {9, 10};
  EXPECT_THAT(
      work.FillGradients({{&table, {.ids = beyond}, gradients}}, kAll, 4),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "table 't': id 10 is not in [0, 10)"));
  EXPECT_EQ(work.tables(), 0u);
  // Table "a", id 0 is in bucket 7815 (a vector of the format).
  const std::vector<Id> elsewhere = {0};
  EXPECT_THAT(work.FillRows({&a_, elsewhere, gradients, {}}, {0, 7815}, 4),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "table 'a': id 0 is in bucket 7815, this shard serves "
                       "[0, 7815)"));
  ROWHOUSE_EXPECT_OK(
      work.FillRows({&a_, elsewhere, gradients, {}}, {7815, 7816}, 1));
}

}  // namespace
}  // namespace rowhouse::shard
