#include "client/internal/unpooled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FeatureIds Feature(Combiner combiner, IdBatch batch) {
  FeatureIds feature{"a", 2, combiner, std::move(batch)};
  feature.max_norm = 5.0f;
  return feature;
}

// Rows by place: (3, 4) times its place.
Activation Rows(std::size_t rows) {
  Activation activation{rows, 2, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    activation.values.push_back(3.0f * static_cast<float>(i));
    activation.values.push_back(4.0f * static_cast<float>(i));
  }
  return activation;
}

TEST(HasEmptyBag, OneIdPerBagIsNeverEmpty) {
  EXPECT_FALSE(HasEmptyBag({{1, 2}, {}, {}}));
  EXPECT_FALSE(HasEmptyBag({{1, 2}, {}, {0, 1, 2}}));
  EXPECT_FALSE(HasEmptyBag({{}, {}, {0}}));
  EXPECT_TRUE(HasEmptyBag({{1, 2}, {}, {0, 0, 2}}));
  EXPECT_TRUE(HasEmptyBag({{}, {}, {0, 0}}));
}

TEST(Unpool, AsksForEveryIdOnce) {
  Unpooled unpooled;
  const FeatureIds asked =
      Unpool(Feature(Combiner::kMean, {{7, 9, 7, 8}, {1, 2, 3, 4}, {0, 3, 4}}),
             unpooled);
  EXPECT_EQ(asked.table, "a");
  EXPECT_EQ(asked.dim, 2u);
  EXPECT_EQ(asked.combiner, Combiner::kNone);
  EXPECT_THAT(asked.batch.ids, ElementsAre(7, 9, 8));
  EXPECT_THAT(asked.batch.weights, IsEmpty());
  EXPECT_FALSE(asked.max_norm.has_value());
  EXPECT_THAT(unpooled.places, ElementsAre(0, 1, 0, 2));
  EXPECT_THAT(unpooled.feature.batch.ids, ElementsAre(7, 9, 7, 8));
}

TEST(Unpool, AsksForTheIdOfEmptyBagsWhereThereIsOne) {
  FeatureIds feature = Feature(Combiner::kSum, {{7}, {}, {0, 0, 1}});
  feature.empty_bag_id = 0;
  Unpooled unpooled;
  EXPECT_THAT(Unpool(feature, unpooled).batch.ids, ElementsAre(7, 0));
  feature.batch.row_splits = {0, 1};
  EXPECT_THAT(Unpool(feature, unpooled).batch.ids, ElementsAre(7));
}

TEST(Unpool, KeepsRepeatsOfSingleRows) {
  Unpooled unpooled;
  EXPECT_THAT(
      Unpool(Feature(Combiner::kNone, {{7, 7}, {}, {}}), unpooled).batch.ids,
      ElementsAre(7, 7));
}

// Rows (0, 0), (3, 4), (6, 8), of norms 0, 5 and 10, clipped to 5.
TEST(Pool, ClipsThenWeighsThenAdds) {
  Unpooled unpooled;
  Unpool(Feature(Combiner::kSum, {{5, 6, 7, 7}, {1, 1, 2, 1}, {0, 0, 3, 4}}),
         unpooled);
  const Activation out = Pool(Rows(3), unpooled);
  EXPECT_EQ(out.rows, 3u);
  EXPECT_EQ(out.dim, 2u);
  EXPECT_THAT(out.values, ElementsAre(0, 0, 9, 12, 3, 4));
  EXPECT_THAT(unpooled.rows, ElementsAre(0, 0, 3, 4, 6, 8));
}

TEST(Pool, OneIdPerBagNeedsNoSplits) {
  Unpooled unpooled;
  Unpool(Feature(Combiner::kSqrtn, {{5, 6, 5}, {}, {}}), unpooled);
  EXPECT_THAT(Pool(Rows(2), unpooled).values, ElementsAre(0, 0, 3, 4, 0, 0));
}

TEST(Pool, SingleRowsAreClippedWhereTheyStand) {
  Unpooled unpooled;
  Unpool(Feature(Combiner::kNone, {{5, 6, 6}, {}, {}}), unpooled);
  EXPECT_THAT(Pool(Rows(3), unpooled).values, ElementsAre(0, 0, 3, 4, 3, 4));
}

}  // namespace
}  // namespace rowhouse::internal
