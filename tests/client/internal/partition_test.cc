#include "client/internal/partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

FeatureIds Feature(Combiner combiner, IdBatch batch) {
  return {"a", 4, combiner, std::move(batch)};
}

BucketFunction BucketsOfA() { return BucketFunction("a", Placement::kHashed); }

// Ids 0 and 42 of table `a` are in buckets 7815 and 983, id 1 in 11555: of two
// shards, 0 has the former and 1 the latter.
TEST(Partition, BagsWithoutIdsOnAShardAreNotSentThere) {
  std::vector<FeatureIds> features;
  features.push_back(
      Feature(Combiner::kSum,
              {{0, 1, 42, 1, 0}, {.1f, .2f, .3f, .4f, .5f}, {0, 2, 2, 3, 5}}));
  const Partition partition(std::move(features), {BucketsOfA()},
                            *ShardMap::Uniform(1, 2));
  ASSERT_THAT(partition.inputs(ShardIndex(0)), SizeIs(1));
  const ShardInput& zero = partition.inputs(ShardIndex(0))[0];
  EXPECT_THAT(zero.bags.ids, ElementsAre(0, 42, 0));
  EXPECT_THAT(zero.bags.weights, ElementsAre(.1f, .3f, .5f));
  EXPECT_THAT(zero.bags.row_splits, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(zero.rows, ElementsAre(0, 2, 3));
  ASSERT_THAT(partition.inputs(ShardIndex(1)), SizeIs(1));
  const ShardInput& one = partition.inputs(ShardIndex(1))[0];
  EXPECT_THAT(one.bags.ids, ElementsAre(1, 1));
  EXPECT_THAT(one.bags.weights, ElementsAre(.2f, .4f));
  EXPECT_THAT(one.bags.row_splits, ElementsAre(0, 1, 2));
  EXPECT_THAT(one.rows, ElementsAre(0, 3));
}

TEST(Partition, SingleRowsKeepTheirPositions) {
  std::vector<FeatureIds> features;
  features.push_back(Feature(Combiner::kNone, {{1, 0, 1, 42}, {}, {}}));
  features.push_back(Feature(Combiner::kNone, {{42}, {}, {}}));
  const Partition partition(std::move(features), {BucketsOfA(), BucketsOfA()},
                            *ShardMap::Uniform(1, 2));
  ASSERT_THAT(partition.inputs(ShardIndex(0)), SizeIs(2));
  EXPECT_THAT(partition.inputs(ShardIndex(0))[0].bags.ids, ElementsAre(0, 42));
  EXPECT_THAT(partition.inputs(ShardIndex(0))[0].rows, ElementsAre(1, 3));
  EXPECT_EQ(partition.inputs(ShardIndex(0))[1].feature, 1u);
  ASSERT_THAT(partition.inputs(ShardIndex(1)), SizeIs(1));
  EXPECT_THAT(partition.inputs(ShardIndex(1))[0].bags.ids, ElementsAre(1, 1));
  EXPECT_THAT(partition.inputs(ShardIndex(1))[0].bags.row_splits, IsEmpty());
  EXPECT_THAT(partition.inputs(ShardIndex(1))[0].rows, ElementsAre(0, 2));
}

TEST(Partition, OneShardIsGivenTheBatchItself) {
  std::vector<FeatureIds> features;
  features.push_back(Feature(Combiner::kMean, {{5, 6, 7}, {}, {0, 0, 3}}));
  features.push_back(Feature(Combiner::kSum, {{}, {}, {0, 0}}));
  const Id* const ids = features[0].batch.ids.data();
  Partition built(std::move(features), {BucketsOfA(), BucketsOfA()},
                  *ShardMap::Uniform(1, 1));
  const Partition partition = std::move(built);
  ASSERT_THAT(partition.inputs(ShardIndex(0)), SizeIs(1));
  const ShardInput& input = partition.inputs(ShardIndex(0))[0];
  EXPECT_TRUE(input.whole);
  EXPECT_EQ(input.bags.ids.data(), ids);
  EXPECT_THAT(input.bags.row_splits, ElementsAre(0, 0, 3));
  EXPECT_EQ(input.row(1), 1u);
}

TEST(Partition, ATableInOneBucketGoesToOneShard) {
  std::vector<FeatureIds> features;
  features.push_back(Feature(Combiner::kSum, {{1, 2, 3, 4, 5}, {}, {0, 2, 5}}));
  const BucketFunction whole("a", Placement::kWhole);
  const ShardMap map = *ShardMap::Uniform(1, 4);
  const Partition partition(std::move(features), {whole}, map);
  const ShardIndex owner = map.ShardOf(whole(1));
  for (std::uint32_t s = 0; s < 4; ++s) {
    EXPECT_THAT(partition.inputs(ShardIndex(s)),
                SizeIs(ShardIndex(s) == owner ? 1 : 0));
  }
  EXPECT_THAT(partition.inputs(owner)[0].bags.ids, ElementsAre(1, 2, 3, 4, 5));
}

// One (feature, output row, id, weight) per id.
using Entry = std::tuple<std::uint32_t, std::size_t, Id, float>;

std::vector<Entry> EntriesOf(const Partition& partition, ShardIndex shard) {
  std::vector<Entry> entries;
  for (const ShardInput& input : partition.inputs(shard)) {
    for (std::size_t b = 0; b < input.bags.bags(); ++b) {
      const bool single = input.bags.row_splits.empty();
      const std::size_t begin = single ? b : input.bags.row_splits[b];
      const std::size_t end = single ? b + 1 : input.bags.row_splits[b + 1];
      EXPECT_TRUE(input.whole || begin < end) << "an empty bag was sent";
      for (std::size_t i = begin; i < end; ++i) {
        entries.emplace_back(
            input.feature, input.row(b), input.bags.ids[i],
            input.bags.weights.empty() ? 1.0f : input.bags.weights[i]);
      }
    }
  }
  return entries;
}

// Id by id: what the partition must give, in order.
std::vector<Entry> SlowEntries(const std::vector<FeatureIds>& features,
                               const BucketFunction& buckets,
                               const ShardMap& map, ShardIndex shard) {
  std::vector<Entry> entries;
  for (std::uint32_t f = 0; f < features.size(); ++f) {
    const IdBatch& batch = features[f].batch;
    for (std::size_t i = 0; i < batch.ids.size(); ++i) {
      if (map.ShardOf(buckets(batch.ids[i])) != shard) continue;
      std::size_t row = i;
      if (!batch.row_splits.empty()) {
        row = 0;
        while (batch.row_splits[row + 1] <= i) ++row;
      }
      entries.emplace_back(f, row, batch.ids[i],
                           batch.weights.empty() ? 1.0f : batch.weights[i]);
    }
  }
  return entries;
}

FeatureIds RandomFeature(std::mt19937& random) {
  const int shape = static_cast<int>(random() % 3);
  IdBatch batch;
  const std::size_t bags = random() % 40;
  if (shape == 0) {
    for (std::size_t i = 0; i < bags; ++i) batch.ids.push_back(random() % 50);
    return Feature(random() % 2 == 0 ? Combiner::kNone : Combiner::kSum,
                   std::move(batch));
  }
  batch.row_splits.push_back(0);
  for (std::size_t b = 0; b < bags; ++b) {
    for (std::size_t n = random() % 5; n > 0; --n) {
      batch.ids.push_back(random() % 50);
    }
    batch.row_splits.push_back(static_cast<std::uint32_t>(batch.ids.size()));
  }
  if (shape == 2) {
    for (std::size_t i = 0; i < batch.ids.size(); ++i) {
      batch.weights.push_back(static_cast<float>(random() % 100));
    }
  }
  return Feature(Combiner::kSum, std::move(batch));
}

TEST(Partition, AgreesWithOneIdAtATime) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<FeatureIds> features;
    for (std::size_t n = random() % 4; n > 0; --n) {
      features.push_back(RandomFeature(random));
    }
    const auto count = static_cast<std::uint32_t>(1 + random() % 7);
    const ShardMap map = *ShardMap::Uniform(1, count);
    const std::vector<BucketFunction> buckets(features.size(), BucketsOfA());
    const Partition partition(features, buckets, map);
    ASSERT_EQ(partition.shard_count(), count);
    for (std::uint32_t s = 0; s < count; ++s) {
      ASSERT_EQ(EntriesOf(partition, ShardIndex(s)),
                SlowEntries(features, BucketsOfA(), map, ShardIndex(s)))
          << "round " << round << " shard " << s << " of " << count;
    }
  }
}

TEST(Partition, PositionsByShard) {
  EXPECT_THAT(
      PositionsByShard({1, 0, 42, 1}, BucketsOfA(), *ShardMap::Uniform(1, 2)),
      ElementsAre(ElementsAre(1, 2), ElementsAre(0, 3)));
}

TEST(Partition, ValidateNamesWhatDoesNotFit) {
  ROWHOUSE_EXPECT_OK(
      Validate(Feature(Combiner::kMean, {{1, 2}, {1, 1}, {0, 2}})));
  ROWHOUSE_EXPECT_OK(Validate(Feature(Combiner::kNone, {{1, 2}, {}, {}})));
  EXPECT_THAT(Validate(Feature(Combiner::kNone, {{1, 2}, {}, {0, 1, 2}})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("0 weights and 3 row_splits")));
  EXPECT_THAT(Validate(Feature(Combiner::kSum, {{1, 2}, {1}, {}})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("1 weights for 2 ids")));
  FeatureIds narrow = Feature(Combiner::kSum, {{1}, {}, {}});
  narrow.dim = 0;
  EXPECT_THAT(Validate(narrow), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("dim is 0")));
}

}  // namespace
}  // namespace rowhouse::internal
