#include "client/internal/sliced_gradients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "client/internal/merge.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNan;
using ::testing::SizeIs;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Every row of a table is (1).
TicketData TicketOf(std::vector<FeatureIds> features,
                    const UpdateSpec& update = {},
                    NanPolicy policy = NanPolicy::kReject) {
  TicketData ticket{Partition({}, {}, *ShardMap::Uniform(1, 1)), {}, {}};
  std::vector<BucketFunction> buckets;
  for (FeatureIds& feature : features) {
    TableSpec spec = SpecOf(feature.table, feature.dim);
    spec.update = update;
    spec.nan_policy = policy;
    ticket.tables.push_back(
        std::make_shared<KnownTable>(spec, TableIncarnation(6)));
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
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::vector<SlicedFeature> sliced,
                                SliceGradients(ticket, {g, g, g, {}, g}));
  ASSERT_THAT(sliced, SizeIs(2));
  EXPECT_EQ(sliced[0].feature, 1u);
  EXPECT_EQ(sliced[0].table, ticket.tables[1]);
  EXPECT_THAT(sliced[0].gradients.ids, ElementsAre(7, 8));
  EXPECT_THAT(sliced[0].gradients.values, ElementsAre(10, 5));
  // At the bound nothing is left of the part along the row.
  EXPECT_EQ(sliced[1].feature, 4u);
  EXPECT_THAT(sliced[1].gradients.values, ElementsAre(0, 0));
}

// Each feature's slices are (7: 2 * g), (8: g).
TEST(SliceGradients, ATablesSlicesAreOneVariable) {
  UpdateSpec update;
  update.clipping.clipnorm = 5.0f;
  const std::vector<float> three = {3};
  const std::vector<float> four = {4};
  const TicketData ticket =
      TicketOf({Feature({}), Feature({}), Feature({})}, update);
  // |(6, 3, 8, 4)| = sqrt(125).
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::vector<SlicedFeature> sliced,
                                SliceGradients(ticket, {three, four, {}}));
  ASSERT_THAT(sliced, SizeIs(2));
  const float scale = 5.0f / std::sqrt(125.0f);
  EXPECT_THAT(sliced[0].gradients.values,
              ElementsAre(FloatEq(6 * scale), FloatEq(3 * scale)));
  EXPECT_THAT(sliced[1].gradients.values,
              ElementsAre(FloatEq(8 * scale), FloatEq(4 * scale)));
}

TEST(SliceGradients, TablesWithEqualOptimizersShareAGlobalNorm) {
  UpdateSpec update;
  update.clipping.global_clipnorm = 5.0f;
  FeatureIds other = Feature({});
  other.table = "b";
  const std::vector<float> three = {3};
  const std::vector<float> four = {4};
  TicketData ticket = TicketOf({Feature({}), other, Feature({})}, update);
  TableSpec apart = ticket.tables[2]->spec;
  apart.optimizer = SgdSpec{.learning_rate = 7};
  ticket.tables[2] = std::make_shared<KnownTable>(apart, TableIncarnation(6));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::vector<SlicedFeature> sliced,
                                SliceGradients(ticket, {three, four, four}));
  ASSERT_THAT(sliced, SizeIs(3));
  const float scale = 5.0f / std::sqrt(125.0f);
  EXPECT_THAT(sliced[0].gradients.values[0], FloatEq(6 * scale));
  EXPECT_THAT(sliced[1].gradients.values[0], FloatEq(8 * scale));
  EXPECT_THAT(sliced[2].gradients.values[0],
              FloatEq(8 * 5.0f / std::sqrt(80.0f)));
}

// An infinite value is clipped to one like any other.
TEST(SliceGradients, ClippingHidesNothingFromTheNanPolicy) {
  UpdateSpec clipvalue;
  clipvalue.clipping.clipvalue = 1.0f;
  UpdateSpec clipnorm;
  clipnorm.clipping.clipnorm = 5.0f;
  FeatureIds rows{"a", 1, Combiner::kNone, {{7, 8, 9}, {}, {}}};
  const std::vector<float> g = {3, kInfinity, 4};
  EXPECT_THAT(SliceGradients(TicketOf({rows}, clipvalue), {g}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'a'")));
  const FeatureIds tiny{
      "a", 1, Combiner::kMean, {{7, 8}, {1e-20f, 1e-20f}, {0, 2}}};
  const std::vector<float> great = {1e30f};
  EXPECT_THAT(SliceGradients(TicketOf({tiny}, clipvalue), {great}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const auto skipping = [&](const UpdateSpec& update) {
    const auto sliced =
        SliceGradients(TicketOf({rows}, update, NanPolicy::kSkipRow), {g});
    return sliced.value().front().gradients.values;
  };
  EXPECT_THAT(skipping(clipvalue), ElementsAre(1, IsNan(), 1));
  // Without the row the norm is at the bound.
  EXPECT_THAT(skipping(clipnorm), ElementsAre(FloatEq(3), IsNan(), FloatEq(4)));
}

TEST(SliceGradients, ARegularizedTableIsClippedByItsShard) {
  UpdateSpec update;
  update.clipping.clipvalue = 1.0f;
  update.regularizer.l2 = 0.1f;
  const std::vector<float> g = {5};
  EXPECT_THAT(SliceGradients(TicketOf({Feature({})}, update), {g}),
              IsOkAndHolds(IsEmpty()));
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
