#include "client/internal/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(BagDenominators, AreThoseOfTensorFlow) {
  // Bags: weights {1, 3}, none, {1, -1}, {3, 4}.
  const IdBatch batch{{1, 2, 3, 4, 5, 6}, {1, 3, 1, -1, 3, 4}, {0, 2, 2, 4, 6}};
  EXPECT_THAT(BagDenominators(Combiner::kMean, batch), ElementsAre(4, 0, 0, 7));
  EXPECT_THAT(BagDenominators(Combiner::kSqrtn, batch),
              ElementsAre(std::sqrt(10.0f), 0.0f, std::sqrt(2.0f), 5.0f));
  EXPECT_THAT(BagDenominators(Combiner::kSum, batch), IsEmpty());
  EXPECT_THAT(BagDenominators(Combiner::kNone, batch), IsEmpty());
}

TEST(BagDenominators, WithoutWeightsEveryIdCountsOne) {
  const IdBatch bags{{7, 7, 7, 7}, {}, {0, 4, 4}};
  EXPECT_THAT(BagDenominators(Combiner::kMean, bags), ElementsAre(4, 0));
  EXPECT_THAT(BagDenominators(Combiner::kSqrtn, bags), ElementsAre(2, 0));
  const IdBatch single{{1, 2}, {}, {}};
  EXPECT_THAT(BagDenominators(Combiner::kMean, single), ElementsAre(1, 1));
}

Partition TwoShards(Combiner combiner, IdBatch batch, std::uint32_t dim) {
  std::vector<FeatureIds> features;
  features.push_back({"a", dim, combiner, std::move(batch)});
  return Partition(std::move(features),
                   {BucketFunction("a", Placement::kHashed)},
                   *ShardMap::Uniform(1, 2));
}

LookupReply Reply(const std::vector<float>& values) {
  LookupReply reply;
  auto storage = std::make_shared<std::vector<float>>(values);
  reply.values.push_back(*storage);
  reply.storage = storage;
  return reply;
}

// Ids 0 and 42 of table `a` are on shard 0 of 2, id 1 on shard 1.
TEST(MergeReply, PartialSumsAreAddedToTheirBags) {
  const Partition partition =
      TwoShards(Combiner::kSum, {{0, 1, 1, 42}, {}, {0, 2, 2, 3, 4}}, 2);
  std::vector<Activation> out = ZeroActivations(partition);
  ROWHOUSE_ASSERT_OK(
      MergeReply(partition, ShardIndex(0), Reply({1, 2, 3, 4}), out));
  ROWHOUSE_ASSERT_OK(
      MergeReply(partition, ShardIndex(1), Reply({10, 20, 30, 40}), out));
  EXPECT_EQ(out[0].rows, 4u);
  EXPECT_EQ(out[0].dim, 2u);
  EXPECT_THAT(out[0].values, ElementsAre(11, 22, 0, 0, 30, 40, 3, 4));
}

TEST(MergeReply, PlainRowsAreCopiedAsTheyAre) {
  const Partition partition = TwoShards(Combiner::kNone, {{1, 0}, {}, {}}, 1);
  std::vector<Activation> out = ZeroActivations(partition);
  ROWHOUSE_ASSERT_OK(MergeReply(partition, ShardIndex(0), Reply({-0.0f}), out));
  ROWHOUSE_ASSERT_OK(MergeReply(partition, ShardIndex(1), Reply({7}), out));
  EXPECT_EQ(out[0].values[0], 7.0f);
  EXPECT_TRUE(std::signbit(out[0].values[1]));
}

TEST(MergeReply, RefusesAnAnswerOfAnotherShape) {
  const Partition partition = TwoShards(Combiner::kNone, {{1, 0}, {}, {}}, 3);
  std::vector<Activation> out = ZeroActivations(partition);
  EXPECT_THAT(MergeReply(partition, ShardIndex(1), Reply({1, 2}), out),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("2 values, not 3, for table 'a'")));
  EXPECT_THAT(MergeReply(partition, ShardIndex(1), LookupReply(), out),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("0 outputs to 1 inputs")));
}

// Small integers add without rounding, so every split must give the same sums.
TEST(MergeReply, ShardsTogetherGiveTheSumOfTheWhole) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    IdBatch batch;
    batch.row_splits.push_back(0);
    std::vector<float> expected;
    for (int bag = 0; bag < 30; ++bag) {
      float sum = 0;
      for (std::size_t n = random() % 6; n > 0; --n) {
        batch.ids.push_back(random() % 1000);
        batch.weights.push_back(static_cast<float>(random() % 16));
        sum += batch.weights.back() * static_cast<float>(batch.ids.back());
      }
      batch.row_splits.push_back(static_cast<std::uint32_t>(batch.ids.size()));
      expected.push_back(sum);
    }
    const auto count = static_cast<std::uint32_t>(1 + random() % 5);
    std::vector<FeatureIds> features;
    features.push_back({"a", 1, Combiner::kSum, std::move(batch)});
    const Partition partition(std::move(features),
                              {BucketFunction("a", Placement::kHashed)},
                              *ShardMap::Uniform(1, count));
    std::vector<Activation> out = ZeroActivations(partition);
    for (std::uint32_t s = 0; s < count; ++s) {
      if (partition.inputs(ShardIndex(s)).empty()) continue;
      const BagsView& bags = partition.inputs(ShardIndex(s))[0].bags;
      std::vector<float> sums;
      for (std::size_t b = 0; b < bags.bags(); ++b) {
        float sum = 0;
        for (auto i = bags.row_splits[b]; i < bags.row_splits[b + 1]; ++i) {
          sum += bags.weights[i] * static_cast<float>(bags.ids[i]);
        }
        sums.push_back(sum);
      }
      ROWHOUSE_ASSERT_OK(
          MergeReply(partition, ShardIndex(s), Reply(sums), out));
    }
    ASSERT_EQ(out[0].values, expected) << count << " shards";
  }
}

}  // namespace
}  // namespace rowhouse::internal
