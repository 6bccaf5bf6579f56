#include "client/internal/sliced_gradients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "client/internal/merge.h"
#include "tests/client/internal/fake_time.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Every row of a table is (1).
TicketData TicketOf(std::vector<FeatureIds> features) {
  TicketData ticket{Partition({}, {}, *ShardMap::Uniform(1, 1)), {}, {}};
  std::vector<BucketFunction> buckets;
  for (FeatureIds& feature : features) {
    ticket.tables.push_back(std::make_shared<KnownTable>(
        SpecOf(feature.table, feature.dim), TableIncarnation(6)));
    buckets.push_back(ticket.tables.back()->buckets);
    ticket.denominators.push_back(
        BagDenominators(feature.combiner, feature.batch));
    Unpooled& unpooled = ticket.unpooled.emplace_back();
    if (!feature.max_norm.has_value()) continue;
    feature = Unpool(std::move(feature), unpooled);
    const std::size_t rows = feature.batch.ids.size();
    Pool({rows, 1, std::vector<float>(rows, 1.0f)}, unpooled);
  }
  ticket.partition =
      Partition(std::move(features), buckets, *ShardMap::Uniform(1, 1));
  return ticket;
}

FeatureIds Feature(std::optional<float> max_norm, bool trainable = true) {
  FeatureIds feature{"a", 1, Combiner::kSum, {{7, 8, 7}, {}, {0, 3}}};
  feature.max_norm = max_norm;
  feature.trainable = trainable;
  return feature;
}

TEST(SliceGradients, OnlyWhereAMaxNormStandsBetween) {
  const TicketData ticket =
      TicketOf({Feature({}), Feature(2.0f), Feature(2.0f, false), Feature(2.0f),
                Feature(1.0f)});
  const std::vector<float> g = {5};
  const std::vector<SlicedFeature> sliced =
      SliceGradients(ticket, {g, g, g, {}, g});
  ASSERT_THAT(sliced, SizeIs(2));
  EXPECT_EQ(sliced[0].feature, 1u);
  EXPECT_EQ(sliced[0].table, ticket.tables[1]);
  EXPECT_THAT(sliced[0].gradients.ids, ElementsAre(7, 8));
  EXPECT_THAT(sliced[0].gradients.values, ElementsAre(10, 5));
  // At the bound nothing is left of the part along the row.
  EXPECT_EQ(sliced[1].feature, 4u);
  EXPECT_THAT(sliced[1].gradients.values, ElementsAre(0, 0));
}

TEST(IsPushed, NotFrozenAndNotLeftOut) {
  const TicketData ticket = TicketOf({Feature({}),
                                      Feature({}, false),
                                      {"a", 1, Combiner::kSum, {{}, {}, {0}}}});
  const std::vector<float> g = {5};
  EXPECT_TRUE(IsPushed(ticket, {g, g, {}}, 0));
  EXPECT_FALSE(IsPushed(ticket, {{}, g, {}}, 0));
  EXPECT_FALSE(IsPushed(ticket, {g, g, {}}, 1));
  // No rows: their gradient is as empty as the activation.
  EXPECT_TRUE(IsPushed(ticket, {g, g, {}}, 2));
}

}  // namespace
}  // namespace rowhouse::internal
