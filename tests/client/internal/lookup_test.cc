#include "client/internal/lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The row of an id holds the id in every column.
class LookupTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    fake_.AddTable(SpecOf("a", 2), 6);
    fake_.AddTable(SpecOf("b", 1), 7);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
    tables_ = std::make_unique<TableDirectory>(*cluster_, [] { return 1; });
  }
  absl::StatusOr<std::pair<std::vector<Activation>, TicketData>> Find(
      std::vector<FeatureIds> features) {
    return LookUp(*cluster_, *tables_, std::move(features), time_.Deadline());
  }

  FakeCluster fake_{static_cast<std::uint32_t>(GetParam())};
  FakeTime time_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<TableDirectory> tables_;
};

TEST_P(LookupTest, CombinesWhateverTheNumberOfShards) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto found,
      Find({{"a", 2, Combiner::kSum, {{1, 2, 3}, {2, 1, 1}, {0, 2, 2, 3}}},
            {"b", 1, Combiner::kMean, {{4, 8, 9, 42}, {}, {0, 2, 4}}},
            {"b", 1, Combiner::kSqrtn, {{1, 2, 3, 6}, {}, {0, 4}}},
            {"b", 1, Combiner::kNone, {{5, 5, 0}, {}, {}}},
            {"b", 1, Combiner::kSum, {{}, {}, {}}}}));
  const std::vector<Activation>& out = found.first;
  EXPECT_EQ(out[0].rows, 3u);
  EXPECT_EQ(out[0].dim, 2u);
  EXPECT_THAT(out[0].values, ElementsAre(4, 4, 0, 0, 3, 3));
  EXPECT_THAT(out[1].values, ElementsAre(6, 25.5f));
  EXPECT_THAT(out[2].values, ElementsAre(6));
  EXPECT_THAT(out[3].values, ElementsAre(5, 5, 0));
  EXPECT_EQ(out[4].rows, 0u);
  EXPECT_THAT(out[4].values, IsEmpty());
  EXPECT_THAT(found.second.denominators[1], ElementsAre(2, 2));
  EXPECT_EQ(found.second.tables[0]->incarnation.value(), 6u);
}

// Row 3 of `a` is (3, 3), of norm 3 * sqrt(2).
TEST_P(LookupTest, ClipsRowsBeforeTheyAreCombined) {
  FeatureIds clipped{
      "a", 2, Combiner::kMean, {{3, 0, 3}, {1, 1, 2}, {0, 2, 3}}};
  clipped.max_norm = 2.0f;
  FeatureIds empty{"b", 1, Combiner::kSum, {{5}, {}, {0, 0, 1}}};
  empty.max_norm = -1.0f;
  empty.empty_bag_id = 2;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto found,
      Find({clipped, {"b", 1, Combiner::kSum, {{3, 4}, {}, {0, 2}}}, empty}));
  const float side = std::sqrt(2.0f);
  EXPECT_THAT(found.first[0].values,
              ElementsAre(FloatEq(side / 2), FloatEq(side / 2), FloatEq(side),
                          FloatEq(side)));
  EXPECT_THAT(found.first[1].values, ElementsAre(7));
  EXPECT_THAT(found.first[2].values, ElementsAre(0, -1));
  const TicketData& ticket = found.second;
  EXPECT_TRUE(ticket.is_unpooled(0));
  EXPECT_FALSE(ticket.is_unpooled(1));
  EXPECT_THAT(ticket.unpooled[0].rows, ElementsAre(3, 3, 0, 0));
  EXPECT_THAT(ticket.unpooled[2].rows, ElementsAre(5, 2));
  EXPECT_EQ(ticket.feature(2).combiner, Combiner::kSum);
  EXPECT_THAT(ticket.denominators[0], ElementsAre(2, 2));
}

TEST_P(LookupTest, IsTriedAgainWhenAnAnswerIsLost) {
  fake_.shard(0).Script("Lookup", {Fate::Lost(), Fate::ReplyLost()});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto found,
      Find({{"b", 1, Combiner::kNone, {{0, 1, 2, 3, 4, 5}, {}, {}}}}));
  EXPECT_THAT(found.first[0].values, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_P(LookupTest, WhatCannotBeAskedIsSentNowhere) {
  EXPECT_THAT(Find({{"a", 3, Combiner::kSum, {{1}, {}, {}}}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("table 'a' has dim 2, the lookup expects 3")));
  EXPECT_THAT(Find({{"a", 2, Combiner::kSum, {{1}, {}, {0, 2}}}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Find({{"c", 2, Combiner::kSum, {{1}, {}, {}}}}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'c'")));
  for (const auto& shard : fake_.shards) EXPECT_EQ(shard->Count("Lookup"), 0u);
}

TEST_P(LookupTest, ARefusalIsReportedAndTheTableAskedForAgain) {
  fake_.shard(0).Script("Lookup",
                        {Fate::Refused(absl::NotFoundError("dropped"))});
  const auto all = [&] {
    return Find({{"b", 1, Combiner::kNone, {{0, 1, 2, 3, 4, 5}, {}, {}}}});
  };
  EXPECT_THAT(all(), StatusIs(absl::StatusCode::kNotFound,
                              "shard 0 (fake:0): dropped"));
  ROWHOUSE_EXPECT_OK(all());
  EXPECT_EQ(fake_.shard(0).Count("DescribeTable"), 2u);
}

INSTANTIATE_TEST_SUITE_P(Shards, LookupTest, ::testing::Values(1, 2, 5));

}  // namespace
}  // namespace rowhouse::internal
