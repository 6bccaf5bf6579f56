#include "kernels/aggregate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "tests/kernels/every_target.h"
#include "tests/kernels/random_floats.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Id kGreatestId = std::numeric_limits<Id>::max();

struct Expected {
  std::vector<Id> ids;
  std::vector<std::vector<float>> sums;
};

// The definition, one id and one operation at a time.
Expected AggregateSlowly(const std::vector<Id>& ids,
                         const std::vector<const float*>& gradients,
                         const std::vector<float>& weights, std::size_t dim) {
  Expected out;
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

void ExpectEqual(const Aggregator& actual, const Expected& expected) {
  ASSERT_EQ(std::vector<Id>(actual.ids().begin(), actual.ids().end()),
            expected.ids);
  ASSERT_EQ(actual.sums().size(), expected.sums.size());
  for (std::size_t u = 0; u < expected.sums.size(); ++u) {
    const std::size_t dim = expected.sums[u].size();
    ASSERT_EQ(Bits({actual.sums()[u], dim}), Bits(expected.sums[u]))
        << "id " << expected.ids[u];
  }
}

TEST(Aggregator, SumsByHandInOrderOfFirstOccurrence) {
  const float a[] = {1, 2}, b[] = {10, 20}, c[] = {100, 200};
  Aggregator aggregator;
  aggregator.Aggregate({{7, 0, 7}, {a, b, c}, {}}, 2);
  EXPECT_THAT(aggregator.ids(), ElementsAre(7, 0));
  EXPECT_THAT(absl::MakeSpan(aggregator.sums()[0], 2), ElementsAre(101, 202));
  EXPECT_THAT(absl::MakeSpan(aggregator.sums()[1], 2), ElementsAre(10, 20));
}

TEST(Aggregator, WeightsScaleEachOccurrence) {
  const float a[] = {1, 2}, b[] = {10, 20}, c[] = {100, 200};
  Aggregator aggregator;
  aggregator.Aggregate({{7, kGreatestId, 7}, {a, b, c}, {2, 0.5f, -1}}, 2);
  EXPECT_THAT(aggregator.ids(), ElementsAre(7, kGreatestId));
  EXPECT_THAT(absl::MakeSpan(aggregator.sums()[0], 2), ElementsAre(-98, -196));
  EXPECT_THAT(absl::MakeSpan(aggregator.sums()[1], 2), ElementsAre(5, 10));
}

TEST(Aggregator, AnIdThatOccursOnceIsNotCopied) {
  const float a[] = {-0.0f}, b[] = {2}, c[] = {3};
  Aggregator aggregator;
  aggregator.Aggregate({{1, 2, 2}, {a, b, c}, {}}, 1);
  EXPECT_EQ(aggregator.sums()[0], a);
  aggregator.Aggregate({{1, 2, 3}, {a, b, c}, {1, 2, 1}}, 1);
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
  aggregator.Aggregate({ids, RowsOf(gradients, 1), {}}, 1);
  EXPECT_THAT(aggregator.ids(), ElementsAre(5));
  EXPECT_EQ(*aggregator.sums()[0], 0x1p24f + 32);
}

TEST(Aggregator, NothingGivesNothing) {
  Aggregator aggregator;
  const float a[] = {1};
  aggregator.Aggregate({{1}, {a}, {}}, 1);
  aggregator.Aggregate({{}, {}, {}}, 1);
  EXPECT_THAT(aggregator.ids(), IsEmpty());
  EXPECT_THAT(aggregator.sums(), IsEmpty());
}

TEST(Aggregator, EqualsTheDefinitionInEveryWidth) {
  // One id 100 times, one 65, one 33, one 32, and ids that occur once or twice.
  std::vector<Id> ids;
  ids.insert(ids.end(), 100, 0);
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
    const Expected plain = AggregateSlowly(ids, rows, {}, dim);
    const Expected weighted = AggregateSlowly(ids, rows, weights, dim);
    ForEveryTarget([&] {
      aggregator.Aggregate({ids, rows, {}}, dim);
      ExpectEqual(aggregator, plain);
      aggregator.Aggregate({ids, rows, weights}, dim);
      ExpectEqual(aggregator, weighted);
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
    aggregator.Aggregate({ids, rows, {}}, 3);
    ExpectEqual(aggregator, AggregateSlowly(ids, rows, {}, 3));
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
  Aggregator together, alone;
  together.Aggregate({ids, rows, {}}, 5);
  for (std::size_t u = 0; u < together.ids().size(); ++u) {
    std::vector<Id> own_ids;
    std::vector<const float*> own_rows;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != together.ids()[u]) continue;
      own_ids.push_back(ids[i]);
      own_rows.push_back(rows[i]);
    }
    alone.Aggregate({own_ids, own_rows, {}}, 5);
    ASSERT_EQ(Bits({alone.sums()[0], 5}), Bits({together.sums()[u], 5}));
  }
}

}  // namespace
}  // namespace rowhouse::kernels
