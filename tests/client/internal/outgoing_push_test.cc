#include "client/internal/outgoing_push.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "base/limits.h"
#include "client/internal/merge.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TicketData MakeTicket(std::vector<FeatureIds> features, std::uint32_t shards,
                      NanPolicy policy = NanPolicy::kReject) {
  std::vector<std::shared_ptr<const KnownTable>> tables;
  std::vector<BucketFunction> buckets;
  std::vector<std::vector<float>> denominators;
  for (const FeatureIds& feature : features) {
    TableSpec spec = SpecOf(feature.table, feature.dim);
    spec.nan_policy = policy;
    tables.push_back(std::make_shared<KnownTable>(spec, TableIncarnation(6)));
    buckets.push_back(tables.back()->buckets);
    denominators.push_back(BagDenominators(feature.combiner, feature.batch));
  }
  return {
      Partition(std::move(features), buckets, *ShardMap::Uniform(1, shards)),
      std::move(tables), std::move(denominators)};
}

FeatureIds Feature(Combiner combiner, IdBatch batch, std::uint32_t dim = 1) {
  return {"a", dim, combiner, std::move(batch)};
}

// Ids 0 and 42 of table `a` are on shard 0 of 2, id 1 on shard 1.
TEST(OutgoingPush, EveryShardGetsTheScaledGradientsOfItsBags) {
  // Means of two, of one, of none.
  TicketData ticket = MakeTicket(
      {Feature(Combiner::kMean, {{0, 1, 42}, {}, {0, 2, 3, 3}}, 2)}, 2);
  const std::vector<float> gradient = {2, 4, 6, 8, 10, 12};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)}, false));
  ASSERT_THAT(push.parts(), SizeIs(2));
  const PushInput& zero = push.parts()[0].inputs[0];
  EXPECT_EQ(zero.table, "a");
  EXPECT_EQ(zero.incarnation.value(), 6u);
  EXPECT_EQ(zero.dim, 2u);
  EXPECT_THAT(zero.bags.ids, ElementsAre(0, 42));
  EXPECT_THAT(zero.gradients, ElementsAre(1, 2, 6, 8));
  EXPECT_EQ(push.parts()[1].shard, ShardIndex(1));
  const PushInput& one = push.parts()[1].inputs[0];
  EXPECT_THAT(one.bags.ids, ElementsAre(1));
  EXPECT_THAT(one.gradients, ElementsAre(1, 2));
}

TEST(OutgoingPush, AFeatureWithoutGradientIsLeftOut) {
  TicketData ticket = MakeTicket({Feature(Combiner::kSum, {{0}, {}, {}}),
                                  Feature(Combiner::kSum, {{42}, {}, {}})},
                                 2);
  const std::vector<float> gradient = {5};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(std::move(ticket), {{}, absl::MakeSpan(gradient)},
                         false));
  ASSERT_THAT(push.parts(), SizeIs(1));
  ASSERT_THAT(push.parts()[0].inputs, SizeIs(1));
  EXPECT_THAT(push.parts()[0].inputs[0].bags.ids, ElementsAre(42));
}

TEST(OutgoingPush, NothingToPushIsNoPart) {
  TicketData ticket =
      MakeTicket({Feature(Combiner::kSum, {{}, {}, {0, 0}})}, 1);
  const std::vector<float> gradient = {5};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)}, false));
  EXPECT_THAT(push.parts(), IsEmpty());
}

TEST(OutgoingPush, OneShardIsSentTheCallersMemoryUntilItMustBeCopied) {
  std::vector<float> gradient = {5, 6};
  TicketData ticket =
      MakeTicket({Feature(Combiner::kSum, {{7, 8}, {}, {}})}, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)}, false));
  EXPECT_EQ(push.parts()[0].inputs[0].gradients.data(), gradient.data());
  push.CopyGradients();
  OutgoingPush moved = std::move(push);
  gradient = {0, 0};
  EXPECT_THAT(moved.parts()[0].inputs[0].gradients, ElementsAre(5, 6));
  moved.CopyGradients();
  EXPECT_THAT(moved.parts()[0].inputs[0].gradients, ElementsAre(5, 6));
}

TEST(OutgoingPush, ACopyIsTakenWhenAskedFor) {
  std::vector<float> gradient = {5, 6};
  TicketData ticket =
      MakeTicket({Feature(Combiner::kSum, {{7, 8}, {}, {}})}, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)}, true));
  gradient = {0, 0};
  EXPECT_THAT(push.parts()[0].inputs[0].gradients, ElementsAre(5, 6));
}

TEST(OutgoingPush, ShapesThatDifferAreNamed) {
  const std::vector<float> gradient = {1, 2, 3};
  EXPECT_THAT(
      OutgoingPush::Make(
          MakeTicket({Feature(Combiner::kSum, {{0, 1}, {}, {}}, 2)}, 2),
          {absl::MakeSpan(gradient)}, false),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("feature 0 (table 'a'): 3 gradient values for 2 rows "
                         "of 2")));
  EXPECT_THAT(
      OutgoingPush::Make(
          MakeTicket({Feature(Combiner::kSum, {{0}, {}, {}})}, 2), {}, false),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("0 features for a lookup of 1")));
}

TEST(OutgoingPush, NanIsRefusedBeforeAnythingIsSentUnlessTheTableTakesIt) {
  const std::vector<float> gradient = {1, kNan};
  for (const std::uint32_t shards : {1u, 2u}) {
    EXPECT_THAT(
        OutgoingPush::Make(
            MakeTicket({Feature(Combiner::kSum, {{0, 1}, {}, {}})}, shards),
            {absl::MakeSpan(gradient)}, false),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 HasSubstr("table 'a': a gradient or weight is NaN")));
    for (const NanPolicy policy :
         {NanPolicy::kSkipRow, NanPolicy::kPropagate}) {
      ROWHOUSE_EXPECT_OK(OutgoingPush::Make(
          MakeTicket({Feature(Combiner::kSum, {{0, 1}, {}, {}})}, shards,
                     policy),
          {absl::MakeSpan(gradient)}, false));
    }
  }
  const std::vector<float> fine = {1, 1};
  EXPECT_THAT(
      OutgoingPush::Make(
          MakeTicket({Feature(Combiner::kSum, {{0, 1}, {1, kNan}, {}})}, 2),
          {absl::MakeSpan(fine)}, false),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

// The mean of weights 1 and -1 divides by 0, so its gradient is 0.
TEST(OutgoingPush, ABagThatIsZeroSendsZeros) {
  const std::vector<float> gradient = {3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(
          MakeTicket({Feature(Combiner::kMean, {{0, 42}, {1, -1}, {0, 2}})}, 1),
          {absl::MakeSpan(gradient)}, false));
  EXPECT_THAT(push.parts()[0].inputs[0].gradients, ElementsAre(0));
}

TEST(OutgoingPush, DividingHidesNothingFromTheNanPolicy) {
  const FeatureIds zero = Feature(Combiner::kMean, {{0, 42}, {1, -1}, {0, 2}});
  const FeatureIds tiny =
      Feature(Combiner::kMean, {{0, 42}, {1e-20f, 1e-20f}, {0, 2}});
  for (const std::uint32_t shards : {1u, 2u}) {
    EXPECT_THAT(OutgoingPush::Make(MakeTicket({zero}, shards), {{kNan}}, false),
                StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(
        OutgoingPush::Make(MakeTicket({tiny}, shards), {{1e30f}}, false),
        StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

// Id 1 of table `a` is on shard 1 of 2, ids 0 and 42 on shard 0.
TEST(OutgoingPush, TheIdOfEmptyBagsIsNamedOnceOnItsShard) {
  for (const std::uint32_t shards : {1u, 2u}) {
    FeatureIds feature =
        Feature(Combiner::kMean, {{0, 42}, {}, {0, 0, 1, 2, 2}}, 2);
    feature.empty_bag_id = 1;
    TicketData ticket = MakeTicket({feature}, shards);
    const ShardMap map = *ShardMap::Uniform(1, shards);
    ticket.map = &map;
    const std::vector<float> gradient(8, 3);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        OutgoingPush push,
        OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)},
                           true));
    const OutgoingPush moved = std::move(push);
    ASSERT_THAT(moved.parts(), SizeIs(shards));
    const PushInput& input = moved.parts().back().inputs.back();
    EXPECT_THAT(input.bags.ids, ElementsAre(1));
    EXPECT_EQ(input.table, "a");
    EXPECT_THAT(input.gradients, ElementsAre(0, 0));
  }
}

// Each of its features had an input of its own for it, which made two of each.
TEST(OutgoingPush, AsManyFeaturesAsCanBeLookedUpCanBePushed) {
  for (const std::uint32_t shards : {1u, 2u}) {
    std::vector<FeatureIds> features;
    for (std::size_t f = 1; f < kInputsPerRequestMax; ++f) {
      features.push_back(Feature(Combiner::kSum, {{42}, {}, {0, 0, 1}}, 2));
      // On shard 0, on shard 1, on shard 0 again.
      features.back().empty_bag_id = std::array<Id, 3>{0, 1, 42}[f % 3];
    }
    TicketData ticket = MakeTicket(features, shards);
    const ShardMap map = *ShardMap::Uniform(1, shards);
    ticket.map = &map;
    const std::vector<float> gradient(4, 3);
    const std::vector<absl::Span<const float>> gradients(features.size(),
                                                         gradient);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        OutgoingPush made,
        OutgoingPush::Make(std::move(ticket), gradients, false));
    const OutgoingPush push = std::move(made);
    EXPECT_THAT(push.parts()[0].inputs, SizeIs(kInputsPerRequestMax));
    const PushInput& empties = push.parts()[0].inputs.back();
    if (shards == 1) {
      EXPECT_THAT(empties.bags.ids, ElementsAre(1, 42, 0));
      EXPECT_THAT(empties.gradients, ElementsAre(0, 0, 0, 0, 0, 0));
      continue;
    }
    EXPECT_THAT(empties.bags.ids, ElementsAre(42, 0));
    EXPECT_THAT(empties.gradients, ElementsAre(0, 0, 0, 0));
    ASSERT_THAT(push.parts()[1].inputs, SizeIs(1));
    EXPECT_THAT(push.parts()[1].inputs[0].bags.ids, ElementsAre(1));
  }
}

TEST(OutgoingPush, WithoutEmptyBagsTheirIdIsNotNamed) {
  FeatureIds feature = Feature(Combiner::kSum, {{0, 42}, {}, {0, 1, 2}});
  feature.empty_bag_id = 1;
  const std::vector<float> gradient = {1, 2};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push, OutgoingPush::Make(MakeTicket({feature}, 1),
                                            {absl::MakeSpan(gradient)}, false));
  EXPECT_THAT(push.parts()[0].inputs, SizeIs(1));
}

TEST(OutgoingPush, WhatIsNotTrainableIsNotSent) {
  FeatureIds frozen = Feature(Combiner::kSum, {{0}, {}, {0, 0, 1}});
  frozen.trainable = false;
  frozen.empty_bag_id = 1;
  const std::vector<float> gradient = {kNan, kNan};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push, OutgoingPush::Make(MakeTicket({frozen}, 1),
                                            {absl::MakeSpan(gradient)}, false));
  EXPECT_THAT(push.parts(), IsEmpty());
}

// A feature with a max_norm stands between two without: rows 0 = (3), 1 = (1),
// 42 = (9), clipped to 2. Whatever the shards, inputs are in the features'
// order.
TEST(OutgoingPush, GradientsOfClippedRowsTravelByRow) {
  for (const std::uint32_t shards : {1u, 2u}) {
    std::vector<Unpooled> unpooled(3);
    FeatureIds clipped = Feature(
        Combiner::kMean, {{0, 1, 42, 1}, {1, 3, 1, 1}, {0, 2, 3, 3, 4}});
    clipped.max_norm = 2.0f;
    clipped.empty_bag_id = 1;
    const std::vector<float> denominators = {4, 1, 0, 1};
    FeatureIds rows = Unpool(clipped, unpooled[1]);
    Pool({3, 1, {3, 1, 9}}, unpooled[1]);
    TicketData ticket =
        MakeTicket({Feature(Combiner::kSum, {{42}, {}, {}}), rows,
                    Feature(Combiner::kSum, {{0}, {}, {}})},
                   shards);
    ticket.denominators[1] = denominators;
    ticket.unpooled = std::move(unpooled);
    const ShardMap map = *ShardMap::Uniform(1, shards);
    ticket.map = &map;
    const std::vector<float> one = {5};
    const std::vector<float> four = {4, 7, 100, 6};
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        OutgoingPush push,
        OutgoingPush::Make(std::move(ticket), {one, four, one}, false));
    std::vector<Id> ids;
    std::vector<float> gradients;
    for (const OutgoingPush::Part& part : push.parts()) {
      for (const PushInput& input : part.inputs) {
        ids.insert(ids.end(), input.bags.ids.begin(), input.bags.ids.end());
        gradients.insert(gradients.end(), input.gradients.begin(),
                         input.gradients.end());
      }
    }
    // Of 0 and 42 nothing is left: one column is all along the row.
    if (shards == 1) {
      EXPECT_THAT(ids, ElementsAre(42, 0, 1, 42, 0));
      EXPECT_THAT(gradients, ElementsAre(5, 0, 9, 0, 5));
    } else {
      EXPECT_THAT(ids, ElementsAre(42, 0, 42, 0, 1));
      EXPECT_THAT(gradients, ElementsAre(5, 0, 0, 5, 9));
    }
    push.CopyGradients();
    EXPECT_EQ(push.parts()[0].inputs[0].gradients[0], 5);
  }
}

TEST(OutgoingPush, AStepOfATableWhoseRowsAllMoveGoesToEveryShard) {
  TicketData ticket = MakeTicket({Feature(Combiner::kSum, {{0}, {}, {}})}, 3);
  TableSpec spec = ticket.tables[0]->spec;
  spec.optimizer = AdamSpec{};
  ticket.tables[0] = std::make_shared<KnownTable>(spec, TableIncarnation(6));
  TicketData again = MakeTicket({Feature(Combiner::kSum, {{0}, {}, {}})}, 3);
  again.tables = ticket.tables;
  const std::vector<float> gradient = {5};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)}, false));
  ASSERT_THAT(push.parts(), SizeIs(3));
  std::size_t ids = 0;
  for (const OutgoingPush::Part& part : push.parts()) {
    ASSERT_THAT(part.inputs, SizeIs(1));
    EXPECT_EQ(part.inputs[0].table, "a");
    ids += part.inputs[0].bags.ids.size();
  }
  EXPECT_EQ(ids, 1u);
  // Without a gradient there is no step.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush none,
      OutgoingPush::Make(std::move(again), {absl::Span<const float>()}, false));
  EXPECT_THAT(none.parts(), IsEmpty());
}

TEST(OutgoingPush, ARateIsSentWithEveryInputOfItsTable) {
  const auto make = [] {
    const std::vector<float> gradient = {5};
    auto push =
        OutgoingPush::Make(MakeTicket({Feature(Combiner::kSum, {{0}, {}, {}}),
                                       Feature(Combiner::kSum, {{1}, {}, {}})},
                                      2),
                           {gradient, gradient}, true);
    EXPECT_TRUE(push.ok()) << push.status();
    return *std::move(push);
  };
  OutgoingPush push = make();
  ROWHOUSE_ASSERT_OK(push.SetLearningRates({{"a", 0.5f}}));
  for (const OutgoingPush::Part& part : push.parts()) {
    EXPECT_EQ(part.inputs[0].learning_rate, 0.5f);
  }
  OutgoingPush plain = make();
  ROWHOUSE_ASSERT_OK(plain.SetLearningRates({}));
  EXPECT_FALSE(plain.parts()[0].inputs[0].learning_rate.has_value());
  EXPECT_THAT(make().SetLearningRates({{"b", 0.5f}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("table 'b', which the lookup did not use")));
  EXPECT_THAT(make().SetLearningRates({{"a", kNan}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("learning_rate nan is not finite")));
}

TEST(OutgoingPush, APartBeyondAMessageIsRefused) {
  // 17 M floats of gradients: 68 MB.
  const std::vector<float> gradient(17u << 20);
  IdBatch batch;
  batch.ids.resize(gradient.size() / 8192);
  EXPECT_THAT(
      OutgoingPush::Make(MakeTicket({Feature(Combiner::kSum, batch, 8192)}, 1),
                         {absl::MakeSpan(gradient)}, false),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2176 ids")));
}

class WriteTest : public ::testing::Test {
 protected:
  absl::StatusOr<OutgoingPush> Write(std::vector<Id> ids,
                                     std::vector<float> weights,
                                     std::vector<float> slots) {
    return OutgoingPush::MakeWrite(table_, ids, weights, slots,
                                   *ShardMap::Uniform(1, 2));
  }
  static TableSpec Spec() {
    TableSpec spec = SpecOf("a", 2);
    spec.rows = 100;
    spec.optimizer = AdagradSpec{};
    return spec;
  }
  std::shared_ptr<const KnownTable> table_ =
      std::make_shared<KnownTable>(Spec(), TableIncarnation(6));
};

TEST_F(WriteTest, RowsGoToTheirShards) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      Write({1, 42, 0}, {10, 11, 20, 21, 30, 31}, {1, 2, 3, 4, 5, 6}));
  ASSERT_THAT(push.parts(), SizeIs(2));
  const WriteRowsRequest& zero = *push.parts()[0].write;
  EXPECT_EQ(zero.table, "a");
  EXPECT_EQ(zero.dim, 2u);
  EXPECT_THAT(zero.ids, ElementsAre(42, 0));
  EXPECT_THAT(zero.weights, ElementsAre(20, 21, 30, 31));
  EXPECT_THAT(zero.slots, ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(push.parts()[1].write->ids, ElementsAre(1));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(OutgoingPush bare, Write({1}, {1, 2}, {}));
  EXPECT_THAT(bare.parts()[0].write->slots, IsEmpty());
}

TEST_F(WriteTest, WhatDoesNotFitIsNamed) {
  EXPECT_THAT(Write({1}, {1}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("1 weights for 1 rows of 2")));
  EXPECT_THAT(Write({1}, {1, 2}, {1}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("1 slot values for 1 rows with 2 each")));
  EXPECT_THAT(
      Write({1, 1}, {1, 2, 3, 4}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("id 1 twice")));
  EXPECT_THAT(Write({100}, {1, 2}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("id 100 of 100 rows")));
}

}  // namespace
}  // namespace rowhouse::internal
