#include "kernels/aggregate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "base/limits.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/random_floats.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Id kGreatestId = std::numeric_limits<Id>::max();

struct Sums {
  std::vector<Id> ids;
  std::vector<std::vector<float>> sums;
};

// All portions one after the other.
Sums Aggregate(Aggregator& aggregator, const Occurrences& occurrences,
               std::size_t dim) {
  Sums out;
  aggregator.Group(occurrences, dim);
  while (aggregator.Next()) {
    EXPECT_EQ(aggregator.ids().size(), aggregator.sums().size());
    for (std::size_t u = 0; u < aggregator.ids().size(); ++u) {
      out.ids.push_back(aggregator.ids()[u]);
      const float* sum = aggregator.sums()[u];
      out.sums.emplace_back(sum, sum + dim);
    }
  }
  EXPECT_THAT(aggregator.ids(), IsEmpty());
  EXPECT_THAT(aggregator.sums(), IsEmpty());
  return out;
}

// The definition, one id and one operation at a time.
Sums AggregateSlowly(const std::vector<Id>& ids,
                     const std::vector<const float*>& gradients,
                     const std::vector<float>& weights, std::size_t dim) {
  Sums out;
  for (const Id id : ids) {
    if (std::count(out.ids.begin(), out.ids.end(), id) != 0) continue;
    out.ids.push_back(id);
    std::vector<float> total(dim), chunk(dim);
    std::size_t seen = 0;
    const auto close_chunk = [&] {
      for (std::size_t c = 0; c < dim; ++c) {
        total[c] = seen <= 32 ? chunk[c] : total[c] + chunk[c];
      }
    };
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != id) continue;
      if (seen > 0 && seen % 32 == 0) close_chunk();
      for (std::size_t c = 0; c < dim; ++c) {
        const float product =
            weights.empty() ? gradients[i][c] : weights[i] * gradients[i][c];
        chunk[c] = seen % 32 == 0 ? product : chunk[c] + product;
      }
      ++seen;
    }
    close_chunk();
    out.sums.push_back(total);
  }
  return out;
}

void ExpectEqual(const Sums& actual, const Sums& expected) {
  ASSERT_EQ(actual.ids, expected.ids);
  ASSERT_EQ(actual.sums.size(), expected.sums.size());
  for (std::size_t u = 0; u < expected.sums.size(); ++u) {
    ASSERT_EQ(Bits(actual.sums[u]), Bits(expected.sums[u]))
        << "id " << expected.ids[u];
  }
}

TEST(Aggregator, SumsByHandInOrderOfFirstOccurrence) {
  const float a[] = {1, 2}, b[] = {10, 20}, c[] = {100, 200};
  Aggregator aggregator;
  const Sums sums = Aggregate(aggregator, {{7, 0, 7}, {a, b, c}, {}}, 2);
  EXPECT_THAT(sums.ids, ElementsAre(7, 0));
  EXPECT_THAT(sums.sums,
              ElementsAre(ElementsAre(101, 202), ElementsAre(10, 20)));
}

TEST(Aggregator, WeightsScaleEachOccurrence) {
  const float a[] = {1, 2}, b[] = {10, 20}, c[] = {100, 200};
  Aggregator aggregator;
  const Sums sums =
      Aggregate(aggregator, {{7, kGreatestId, 7}, {a, b, c}, {2, 0.5f, -1}}, 2);
  EXPECT_THAT(sums.ids, ElementsAre(7, kGreatestId));
  EXPECT_THAT(sums.sums,
              ElementsAre(ElementsAre(-98, -196), ElementsAre(5, 10)));
}

TEST(Aggregator, AnIdThatOccursOnceIsNotCopied) {
  const float a[] = {-0.0f}, b[] = {2}, c[] = {3};
  Aggregator aggregator;
  aggregator.Group({{1, 2, 2}, {a, b, c}, {}}, 1);
  ASSERT_TRUE(aggregator.Next());
  EXPECT_EQ(aggregator.sums()[0], a);
  aggregator.Group({{1, 2, 3}, {a, b, c}, {1, 2, 1}}, 1);
  ASSERT_TRUE(aggregator.Next());
  EXPECT_EQ(aggregator.sums()[0], a);
  EXPECT_EQ(*aggregator.sums()[1], 4);
  EXPECT_EQ(aggregator.sums()[2], c);
}

TEST(Aggregator, AddsByChunksOf32) {
  // 2^24 swallows ones that are added one by one. The 31 of its chunk are lost,
  // the 32 of the next are summed first and survive.
  std::vector<float> gradients(64, 1.0f);
  gradients[0] = 0x1p24f;
  const std::vector<Id> ids(64, 5);
  Aggregator aggregator;
  const std::vector<const float*> rows = RowsOf(gradients, 1);
  const Sums sums = Aggregate(aggregator, {ids, rows, {}}, 1);
  EXPECT_THAT(sums.ids, ElementsAre(5));
  EXPECT_THAT(sums.sums, ElementsAre(ElementsAre(0x1p24f + 32)));
}

TEST(Aggregator, NothingGivesNothing) {
  Aggregator aggregator;
  const float a[] = {1};
  Aggregate(aggregator, {{1}, {a}, {}}, 1);
  aggregator.Group({{}, {}, {}}, 1);
  EXPECT_FALSE(aggregator.Next());
  EXPECT_THAT(aggregator.ids(), IsEmpty());
  EXPECT_THAT(aggregator.sums(), IsEmpty());
}

TEST(Aggregator, EqualsTheDefinitionInEveryWidth) {
  // One id 100 times, one 65, one 33, one 32, and ids that occur once or twice.
  std::vector<Id> ids(100, 0);
  ids.insert(ids.end(), 65, kGreatestId);
  ids.insert(ids.end(), 33, 1);
  ids.insert(ids.end(), 32, 2);
  for (Id id = 0; id < 60; ++id) ids.push_back(1000 + id % 40);
  std::mt19937_64 random(3);
  std::shuffle(ids.begin(), ids.end(), random);
  const std::vector<float> weights = RandomFloats(ids.size(), 4);
  Aggregator aggregator;
  for (std::size_t dim = 1; dim <= 70; ++dim) {
    SCOPED_TRACE(dim);
    const std::vector<float> gradients = RandomFloats(ids.size() * dim, dim);
    const std::vector<const float*> rows = RowsOf(gradients, dim);
    const Sums plain = AggregateSlowly(ids, rows, {}, dim);
    const Sums weighted = AggregateSlowly(ids, rows, weights, dim);
    ForEveryTarget([&] {
      ExpectEqual(Aggregate(aggregator, {ids, rows, {}}, dim), plain);
      ExpectEqual(Aggregate(aggregator, {ids, rows, weights}, dim), weighted);
    });
  }
}

TEST(Aggregator, AnEarlierBatchLeavesNothingBehind) {
  // Batches of every size from one object, shrinking and growing.
  std::mt19937_64 random(5);
  Aggregator aggregator;
  for (const std::size_t count : {300, 1, 17, 64, 65, 2, 500, 3}) {
    std::vector<Id> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(random() % 97);
    const std::vector<float> gradients = RandomFloats(count * 3, count);
    const std::vector<const float*> rows = RowsOf(gradients, 3);
    ExpectEqual(Aggregate(aggregator, {ids, rows, {}}, 3),
                AggregateSlowly(ids, rows, {}, 3));
  }
}

TEST(Aggregator, TheSumOfAnIdDoesNotDependOnItsNeighbours) {
  // The property that makes shards and lanes invisible: an id's occurrences in
  // order give the same bits alone and inside a larger batch.
  std::mt19937_64 random(6);
  std::vector<Id> ids;
  for (int i = 0; i < 400; ++i) ids.push_back(random() % 8);
  const std::vector<float> gradients = RandomFloats(400 * 5, 7);
  const std::vector<const float*> rows = RowsOf(gradients, 5);
  Aggregator aggregator;
  const Sums together = Aggregate(aggregator, {ids, rows, {}}, 5);
  for (std::size_t u = 0; u < together.ids.size(); ++u) {
    std::vector<Id> own_ids;
    std::vector<const float*> own_rows;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != together.ids[u]) continue;
      own_ids.push_back(ids[i]);
      own_rows.push_back(rows[i]);
    }
    const Sums alone = Aggregate(aggregator, {own_ids, own_rows, {}}, 5);
    ASSERT_EQ(Bits(alone.sums[0]), Bits(together.sums[u]));
  }
}

// Every id of a weighted bag has a sum of its own, as wide as the bag's
// gradient: 4,100 of them would take 128 MiB.
TEST(Aggregator, AWideBagOfManyWeightedIdsTakesBoundedMemory) {
  constexpr std::size_t kSumsMax = kSumBytesMax / sizeof(float) / kDimMax;
  constexpr std::size_t kIds = 128 * kSumsMax + 4;
  const std::vector<float> gradient = RandomFloats(kDimMax, 8);
  std::vector<Id> ids;
  std::vector<float> weights;
  for (std::size_t i = 0; i < kIds; ++i) {
    ids.push_back(3 * i);
    weights.push_back(2.0f + static_cast<float>(i));
  }
  const std::vector<const float*> rows(kIds, gradient.data());
  Aggregator aggregator;
  aggregator.Group({ids, rows, weights}, kDimMax);
  std::size_t done = 0;
  const float* memory = nullptr;
  while (aggregator.Next()) {
    const std::size_t count = aggregator.ids().size();
    ASSERT_EQ(count, std::min(kSumsMax, kIds - done));
    for (std::size_t u = 0; u < count; ++u, ++done) {
      ASSERT_EQ(aggregator.ids()[u], ids[done]);
      const float* const sum = aggregator.sums()[u];
      ASSERT_EQ(sum, aggregator.sums()[0] + u * kDimMax);
      for (std::size_t c = 0; c < kDimMax; c += 511) {
        ASSERT_EQ(sum[c], weights[done] * gradient[c]);
      }
    }
    // The same memory, portion after portion.
    if (memory == nullptr) memory = aggregator.sums()[0];
    ASSERT_EQ(aggregator.sums()[0], memory);
  }
  EXPECT_EQ(done, kIds);
}

TEST(Aggregator, SumsDoNotDependOnThePortionTheyAreIn) {
  // Repeated, weighted and lone ids of a width that makes portions of 64 sums.
  constexpr std::size_t kDim = kSumBytesMax / sizeof(float) / 64;
  constexpr std::size_t kCount = 700;
  std::mt19937_64 random(9);
  std::vector<Id> ids;
  for (std::size_t i = 0; i < kCount; ++i) ids.push_back(random() % 400);
  std::vector<float> weights = RandomFloats(kCount, 10);
  for (std::size_t i = 0; i < kCount; i += 3) weights[i] = 1.0f;
  const std::vector<float> gradients = RandomFloats(8 * kDim, 11);
  const std::vector<const float*> distinct = RowsOf(gradients, kDim);
  std::vector<const float*> rows;
  for (std::size_t i = 0; i < kCount; ++i) {
    rows.push_back(distinct[random() % distinct.size()]);
  }
  Aggregator aggregator;
  ExpectEqual(Aggregate(aggregator, {ids, rows, {}}, kDim),
              AggregateSlowly(ids, rows, {}, kDim));
  ExpectEqual(Aggregate(aggregator, {ids, rows, weights}, kDim),
              AggregateSlowly(ids, rows, weights, kDim));
}

}  // namespace
}  // namespace rowhouse::kernels
