#include "client/internal/row_gradients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/internal/merge.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::IsEmpty;

FeatureIds Feature(Combiner combiner, IdBatch batch, std::uint32_t dim = 1) {
  return {"a", dim, combiner, std::move(batch)};
}

RowGradients Sum(const FeatureIds& feature, std::vector<float> gradient) {
  return SumByRow(feature, gradient,
                  BagDenominators(feature.combiner, feature.batch));
}

TEST(SumByRow, EveryIdOfAFeatureOnce) {
  const RowGradients out =
      Sum(Feature(Combiner::kMean,
                  {{7, 9, 7, 8, 9}, {1, 3, 4, 5, 1}, {0, 2, 2, 5}}),
          {4, 100, 20});
  EXPECT_THAT(out.ids, ElementsAre(7, 9, 8));
  // 7: 1 * 4 / 4 + 4 * 20 / 10.
  EXPECT_THAT(out.values, ElementsAre(9, 5, 10));
}

TEST(SumByRow, WithoutWeightsOrSplits) {
  const RowGradients out =
      Sum(Feature(Combiner::kSum, {{7, 9, 7}, {}, {}}, 2), {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(out.ids, ElementsAre(7, 9));
  EXPECT_THAT(out.values, ElementsAre(6, 8, 3, 4));
}

TEST(SumByRow, SingleRowsStayAsTheyStand) {
  const RowGradients out =
      Sum(Feature(Combiner::kNone, {{7, 9, 7}, {}, {}}), {1, 2, 3});
  EXPECT_THAT(out.ids, ElementsAre(7, 9, 7));
  EXPECT_THAT(out.values, ElementsAre(1, 2, 3));
}

TEST(SumByRow, TheIdOfEmptyBagsIsNamedWithZero) {
  FeatureIds feature = Feature(Combiner::kSum, {{7}, {2}, {0, 0, 1}});
  feature.empty_bag_id = 0;
  RowGradients out = Sum(feature, {5, 3});
  EXPECT_THAT(out.ids, ElementsAre(7, 0));
  EXPECT_THAT(out.values, ElementsAre(6, 0));
  feature.empty_bag_id = 7;
  out = Sum(feature, {5, 3});
  EXPECT_THAT(out.ids, ElementsAre(7));
  EXPECT_THAT(out.values, ElementsAre(6));
  feature.batch = {{7}, {}, {0, 1}};
  feature.empty_bag_id = 0;
  EXPECT_THAT(Sum(feature, {3}).ids, ElementsAre(7));
}

TEST(SumByRow, ABagOfDenominatorZeroGivesZero) {
  const RowGradients out =
      Sum(Feature(Combiner::kMean, {{7, 8}, {1, -1}, {0, 2}}), {5});
  EXPECT_THAT(out.values, ElementsAre(0, 0));
}

TEST(SumByRow, NothingIsNothing) {
  EXPECT_THAT(Sum(Feature(Combiner::kSum, {{}, {}, {0}}), {}).ids, IsEmpty());
}

// Rows (3, 5) and (0, 0), clipped to 2.
TEST(PassMaxNorm, EachRowByItsOwnDerivative) {
  FeatureIds feature = Feature(Combiner::kSum, {{7, 8}, {}, {}}, 2);
  feature.max_norm = 2.0f;
  Unpooled unpooled;
  Unpool(feature, unpooled);
  Pool({2, 2, {3, 5, 0, 0}}, unpooled);
  RowGradients gradients = Sum(feature, {1, 0, 1, -1});
  PassMaxNorm(unpooled, gradients);
  EXPECT_THAT(gradients.values,
              ElementsAre(FloatNear(0.252204f, 1e-6f),
                          FloatNear(-0.151322f, 1e-6f), 1, -1));
}

}  // namespace
}  // namespace rowhouse::internal
