#include <string>
#include <vector>

#include "client/columns/dense.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const CategoricalColumnWithIdentity kIds{.key = "k", .num_buckets = 3};
const WeightedCategoricalColumn kWeighted{.categorical_column = kIds,
                                          .weight_feature_key = "w"};

absl::StatusOr<DenseTensor> MultiHot(const CategoricalColumn& column,
                                     const Features& features) {
  auto compiled = CompileDense(IndicatorColumn{.categorical_column = column});
  if (!compiled.ok()) return compiled.status();
  return (*compiled)->Transform(features);
}

TEST(Indicator, CountsTheBucketsOfARow) {
  const std::vector<std::int64_t> ids = {1, 1, 2, -1, 3, 0};
  const std::vector<std::int64_t> indices = {0, 0, 0, 1, 0, 3,
                                             1, 0, 1, 1, 2, 2};
  Features features;
  features.SetSparse("k", indices, ids, {4, 4});
  auto out = MultiHot(kIds, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->shape, ElementsAre(4, 3));
  EXPECT_EQ(out->dtype, DType::kFloat32);
  EXPECT_THAT(out->values, ElementsAre(0, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0));
}

TEST(Indicator, KeepsTheAxesBeforeTheLast) {
  const std::vector<std::int64_t> ids = {0, 1, 2, -1, 2, 2, -1, -1};
  Features features;
  features.Set("k", ids, {2, 2, 2});
  auto out = MultiHot(kIds, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->shape, ElementsAre(2, 2, 3));
  EXPECT_THAT(out->values, ElementsAre(1, 1, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0));
  features.Set("k", absl::Span<const std::int64_t>(), {0, 2});
  out = MultiHot(kIds, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->shape, ElementsAre(0, 3));
  EXPECT_THAT(out->values, IsEmpty());
}

TEST(Indicator, AddsWeightsInOrder) {
  const std::vector<std::int64_t> ids = {1, 2, 1, 7};
  const std::vector<float> weights = {0.5f, 2, 4, 9};
  const std::vector<std::int64_t> id_indices = {0, 0, 0, 1, 1, 0, 1, 1};
  const std::vector<std::int64_t> weight_indices = {0, 0, 1, 0, 1, 1, 1, 2};
  Features features;
  features.SetSparse("k", id_indices, ids, {2, 2});
  features.SetSparse("w", weight_indices, weights, {2, 3});
  auto out = MultiHot(kWeighted, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->values, ElementsAre(0, 0.5f, 2, 0, 4, 0));
}

TEST(Indicator, RefusesWeightsThatDoNotPairWithIds) {
  const std::vector<std::int64_t> ids = {1, 2};
  const std::vector<float> weights = {0, 2};
  Features features;
  features.Set("k", ids);
  features.Set("w", weights);
  EXPECT_THAT(
      MultiHot(kWeighted, features).status(),
      InvalidWith("\"k_weighted_by_w_indicator\": 1 weights for 2 ids"));
  features.Set("k", ids, {1, 1, 2});
  features.SetSparse("w", ids, weights, {3});
  EXPECT_THAT(MultiHot(kWeighted, features).status(),
              InvalidWith("weighted ids have rank 3, expected 2"));
}

TEST(Indicator, TakesSequencesOnlyAmongSequences) {
  const std::vector<std::int64_t> ids = {1, 2, 0, -1};
  Features features;
  features.Set("k", ids, {2, 2});
  const IndicatorColumn plain{.categorical_column = kIds};
  const IndicatorColumn sequence{
      .categorical_column = SequenceCategoricalColumnWithIdentity(kIds)};
  EXPECT_THAT(MultiHot(sequence.categorical_column, features).status(),
              InvalidWith("\"k_indicator\": the categorical column is a "
                          "sequence; this place takes none"));
  const auto wrong = CompileSequence(plain);
  ASSERT_TRUE(wrong.ok()) << wrong.status();
  EXPECT_THAT((*wrong)->Transform(features).status(),
              InvalidWith("is no sequence; this place takes only sequences"));
  const auto right = CompileSequence(sequence);
  ASSERT_TRUE(right.ok()) << right.status();
  auto out = (*right)->Transform(features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->dense.shape, ElementsAre(2, 2, 3));
  EXPECT_THAT(out->dense.values,
              ElementsAre(0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0));
  EXPECT_THAT(out->lengths, ElementsAre(2, 1));
}

TEST(Indicator, RefusesMoreNumbersThanItMayMake) {
  const std::vector<std::int64_t> ids = {1, 2};
  Features features;
  features.Set("k", ids);
  EXPECT_THAT(MultiHot(CategoricalColumnWithIdentity{.key = "k",
                                                     .num_buckets = 1LL << 40},
                       features)
                  .status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("2 rows of 1099511627776 buckets")));
}

TEST(Indicator, SaysWhatItsColumnSays) {
  EXPECT_THAT(CompileDense(IndicatorColumn{
                               .categorical_column =
                                   CategoricalColumnWithIdentity{.key = "i"}})
                  .status(),
              InvalidWith("\"i\": num_buckets is 0"));
}

}  // namespace
}  // namespace rowhouse::internal
