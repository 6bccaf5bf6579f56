#include "shard/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "rowhouse/shard_map.h"
#include "tests/shard/machine.h"

namespace rowhouse::shard {
namespace {

TEST(TableTest, BucketsAreThoseOfTheShardMap) {
  for (const Placement placement : {Placement::kHashed, Placement::kWhole}) {
    TableSpec spec = CounterSpec("abcdefgh");
    spec.placement = placement;
    const Table table(spec, TableIncarnation(1), 4);
    const BucketFunction bucket_of(spec.name, placement);
    for (const Id id : {Id{0}, Id{42}, Id{1} << 40, ~Id{0}}) {
      EXPECT_EQ(table.BucketOf(table.Hash(id)), bucket_of(id)) << id;
    }
  }
  const Table table(CounterSpec("a"), TableIncarnation(1), 4);
  EXPECT_EQ(table.BucketOf(table.Hash(0)), BucketId(7815));
  EXPECT_EQ(table.BucketOf(table.Hash(~Id{0})), BucketId(8262));
}

TEST(TableTest, NeighbouringBucketsLieInDifferentLanes) {
  const Table table(CounterSpec("a"), TableIncarnation(1), 8);
  std::set<std::uint32_t> lanes;
  for (std::uint16_t b = 100; b < 108; ++b) {
    lanes.insert(table.LaneOf(BucketId(b)));
  }
  EXPECT_EQ(lanes.size(), 8u);
  EXPECT_LT(*lanes.rbegin(), 8u);
}

TEST(TableTest, RowsBoundTheIds) {
  TableSpec spec = CounterSpec("a");
  EXPECT_TRUE(Table(spec, TableIncarnation(1), 1).HasId(~Id{0}));
  spec.rows = 10;
  const Table table(spec, TableIncarnation(1), 1);
  EXPECT_TRUE(table.HasId(9));
  EXPECT_FALSE(table.HasId(10));
}

TEST(TableTest, AFirstRowHasWeightsOfItsIdAndTheOptimizersSlots) {
  const Table table(AdagradTable("a", 3), TableIncarnation(1), 1);
  EXPECT_EQ(table.slot_floats(), 3u);
  EXPECT_EQ(table.row_floats(), 6u);
  std::vector<float> row(6), weights(3), other(3);
  table.InitialRow(5, row.data());
  table.InitialWeights(5, weights.data());
  table.InitialWeights(6, other.data());
  EXPECT_EQ(std::vector<float>(row.begin(), row.begin() + 3), weights);
  EXPECT_NE(weights, other);
  EXPECT_THAT(std::vector<float>(row.begin() + 3, row.end()),
              testing::ElementsAre(0.1f, 0.1f, 0.1f));
}

}  // namespace
}  // namespace rowhouse::shard
