#include "shard/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <vector>

#include "base/limits.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// One lane and its table; pushes keep their memory until the test ends.
class LaneTest : public testing::Test {
 protected:
  void Enqueue(Lsn lsn, std::vector<Id> ids, std::vector<float> gradients) {
    Push& push = pushes_.emplace_back();
    push.ids = std::move(ids);
    push.gradients = std::move(gradients);
    ROWHOUSE_ASSERT_OK(push.work.FillGradients(
        {{&table_, {.ids = push.ids}, push.gradients}}, {0, kBuckets}, 1));
    push.work.set_lsn(lsn);
    lane_.Enqueue(push.work);
  }

  // The weight of the row, or NaN where there is none.
  float Weight(Id id) {
    const RowMap::Slot slot = table_.rows(0).Find(id, table_.Hash(id));
    return slot == RowMap::kNoSlot ? kNan : *table_.rows(0).values(slot);
  }
  Lsn LsnOf(Id id) {
    return table_.rows(0).lsn(table_.rows(0).Find(id, table_.Hash(id)));
  }

  struct Push {
    std::vector<Id> ids;
    std::vector<float> gradients;
    PushWork work;
  };
  std::deque<Push> pushes_;
  Table table_{CounterSpec("t", 1), TableIncarnation(1), 1};
  Lane lane_{0};
};

TEST_F(LaneTest, DrainsUpToAnLsnAndNoFurther) {
  Enqueue(Lsn(1), {1}, {1});
  Enqueue(Lsn(2), {1}, {10});
  Enqueue(Lsn(4), {1}, {100});
  lane_.Drain(Lsn(3));
  EXPECT_EQ(Weight(1), 11.0f);
  EXPECT_EQ(LsnOf(1), Lsn(2));
  lane_.Drain(Lsn(4));
  EXPECT_EQ(Weight(1), 111.0f);
  EXPECT_EQ(LsnOf(1), Lsn(4));
}

TEST_F(LaneTest, SumsAnIdOfOnePushBeforeTheOptimizerSeesIt) {
  TableSpec spec = AdagradTable("t", 1);
  spec.initializer = ConstantInitializer{1.0f};
  spec.optimizer =
      AdagradSpec{.learning_rate = 1.0f, .initial_accumulator = 0.0f};
  Table table(spec, TableIncarnation(1), 1);
  const std::vector<Id> ids = {3, 3};
  const std::vector<float> gradients = {2, 2};
  PushWork work;
  ROWHOUSE_ASSERT_OK(work.FillGradients({{&table, {.ids = ids}, gradients}},
                                        {0, kBuckets}, 1));
  work.set_lsn(Lsn(1));
  lane_.Enqueue(work);
  lane_.Drain(Lsn(1));
  // Once with 4: A = 16, w = 1 - 4 / 4. Twice with 2: A = 8 at the end.
  const RowMap& rows = table.rows(0);
  const float* row = rows.values(rows.Find(3, table.Hash(3)));
  EXPECT_EQ(row[0], 0.0f);
  EXPECT_EQ(row[1], 16.0f);
}

TEST_F(LaneTest, APushOfManyBatchesReachesEveryRow) {
  const std::size_t rows = 5 * kLaneBatchRows + 3;
  std::vector<Id> ids;
  for (Id id = 0; id < rows; ++id) ids.push_back(id * 7919);
  Enqueue(Lsn(1), ids, std::vector<float>(rows, 1.0f));
  Enqueue(Lsn(2), ids, std::vector<float>(rows, 1.0f));
  lane_.Drain(Lsn(2));
  for (const Id id : ids) ASSERT_EQ(Weight(id), 2.0f) << id;
  EXPECT_EQ(table_.rows(0).size(), rows);
}

// One bag whose ids' sums together are five times what a lane holds at once.
TEST_F(LaneTest, AWideBagOfManyWeightedIdsReachesEveryRow) {
  Table table(CounterSpec("t", kDimMax), TableIncarnation(1), 1);
  const std::size_t count = 5 * kSumBytesMax / (kDimMax * sizeof(float)) + 1;
  std::vector<Id> ids;
  std::vector<float> weights;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(i * 7919);
    weights.push_back(2.0f + static_cast<float>(i));
  }
  const std::vector<std::uint32_t> splits = {0,
                                             static_cast<std::uint32_t>(count)};
  const std::vector<float> gradient(kDimMax, 0.5f);
  PushWork work;
  ROWHOUSE_ASSERT_OK(work.FillGradients(
      {{&table, {ids, weights, splits}, gradient}}, {0, kBuckets}, 1));
  work.set_lsn(Lsn(1));
  lane_.Enqueue(work);
  lane_.Drain(Lsn(1));
  const RowMap& rows = table.rows(0);
  ASSERT_EQ(rows.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const float* row = rows.values(rows.Find(ids[i], table.Hash(ids[i])));
    ASSERT_EQ(row[0], 0.5f * weights[i]) << ids[i];
    ASSERT_EQ(row[kDimMax - 1], 0.5f * weights[i]) << ids[i];
  }
}

// Replay meets rows that hold later pushes already.
TEST_F(LaneTest, SkipsRowsThatHaveThePush) {
  const std::vector<float> stored = {50.0f};
  lane_.Load(table_, {table_.BucketOf(table_.Hash(1)), 1, Lsn(7), stored});
  Enqueue(Lsn(6), {1, 2}, {1, 1});
  Enqueue(Lsn(7), {1, 2}, {1, 1});
  Enqueue(Lsn(8), {1, 2}, {1, 1});
  lane_.Drain(Lsn(8));
  EXPECT_EQ(Weight(1), 51.0f);
  EXPECT_EQ(Weight(2), 3.0f);
}

TEST_F(LaneTest, SkipRowLeavesOutRowsThatAreNotFinite) {
  TableSpec spec = CounterSpec("t", 1);
  spec.nan_policy = NanPolicy::kSkipRow;
  Table table(spec, TableIncarnation(1), 1);
  const std::vector<Id> ids = {1, 2, 1, 3};
  const std::vector<float> gradients = {1, 1, kNan, 1};
  PushWork work;
  ROWHOUSE_ASSERT_OK(work.FillGradients({{&table, {.ids = ids}, gradients}},
                                        {0, kBuckets}, 1));
  work.set_lsn(Lsn(1));
  lane_.Enqueue(work);
  lane_.Drain(Lsn(1));
  const RowMap& rows = table.rows(0);
  EXPECT_EQ(rows.Find(1, table.Hash(1)), RowMap::kNoSlot);
  EXPECT_EQ(*rows.values(rows.Find(2, table.Hash(2))), 1.0f);
  EXPECT_EQ(*rows.values(rows.Find(3, table.Hash(3))), 1.0f);
}

TEST_F(LaneTest, CopiesDirtyRowsOnceUntilTheyChange) {
  Enqueue(Lsn(1), {1, 2}, {1, 1});
  Enqueue(Lsn(2), {2}, {1});
  lane_.Drain(Lsn(2));
  const std::vector<DirtyRow> dirty = lane_.TakeDirty(table_);
  ImageBatch batch;
  lane_.CopyImages(table_, dirty, batch);
  ASSERT_EQ(batch.images.size(), 2u);
  EXPECT_EQ(batch.newest, Lsn(2));
  for (const storage::RowImage& image : batch.images) {
    EXPECT_EQ(image.bucket, table_.BucketOf(table_.Hash(image.id)));
    EXPECT_EQ(image.lsn, Lsn(image.id));
    EXPECT_THAT(image.values, ElementsAre(static_cast<float>(image.id)));
  }
  EXPECT_TRUE(lane_.TakeDirty(table_).empty());
  Enqueue(Lsn(3), {2}, {1});
  lane_.Drain(Lsn(3));
  const std::vector<DirtyRow> again = lane_.TakeDirty(table_);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].id, 2u);
}

TEST_F(LaneTest, WhatCouldNotBeWrittenIsDirtyStillAndOnce) {
  Enqueue(Lsn(1), {1, 2, 3}, {1, 1, 1});
  lane_.Drain(Lsn(1));
  const std::vector<DirtyRow> dirty = lane_.TakeDirty(table_);
  ImageBatch batch;
  const absl::Span<const DirtyRow> rows(dirty);
  lane_.CopyImages(table_, rows.first(2), batch);
  Enqueue(Lsn(2), {dirty[0].id, dirty[2].id}, {1, 1});
  lane_.Drain(Lsn(2));
  lane_.ReturnDirty(table_, rows.first(2), rows.subspan(2));
  std::vector<Id> ids;
  for (const DirtyRow row : lane_.TakeDirty(table_)) ids.push_back(row.id);
  EXPECT_THAT(ids, UnorderedElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace rowhouse::shard
