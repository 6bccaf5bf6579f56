#include <limits>
#include <string>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;

const CategoricalColumnWithIdentity kIds{.key = "k", .num_buckets = 9};

WeightedCategoricalColumn Weighted(DType dtype = DType::kFloat32) {
  return {
      .categorical_column = kIds, .weight_feature_key = "w", .dtype = dtype};
}

TEST(Weighted, PutsWeightsBesideIds) {
  const std::vector<std::int64_t> ids = {1, 2, -1, 3};
  const std::vector<float> weights = {0.5f, -2, 0, -0.0f};
  const std::vector<std::int64_t> indices = {0, 0, 0, 1, 1, 0, 1, 1};
  Features features;
  features.Set("k", ids, {2, 2});
  features.SetSparse("w", indices, weights, {2, 2});
  auto out = Transform(Weighted(), features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->values, ElementsAre(1, 2, 3));
  ASSERT_TRUE(out->weights.has_value());
  // A lookup finds that these are not as many.
  EXPECT_THAT(out->weights->values, ElementsAre(0.5f, -2, 0, -0.0f));
  EXPECT_THAT(out->weights->row_splits, ElementsAre(0, 2, 4));
  EXPECT_THAT(out->weights->dense_shape, ElementsAre(2, 2));
  EXPECT_EQ((*internal::Compile(Weighted()))->num_buckets(), 9);
}

TEST(Weighted, DropsZerosOfDenseWeights) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::int64_t> ids = {1, 2, 3, 4};
  const std::vector<float> weights = {-0.0f, 2, kNan, 0};
  Features features;
  features.Set("k", ids, {2, 2});
  features.Set("w", weights, {2, 2});
  auto out = Transform(Weighted(), features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->weights->values, ElementsAre(2, ::testing::IsNan()));
  EXPECT_THAT(out->weights->positions, ElementsAre(1, 0));
}

template <typename Value>
void ExpectWeights(DType dtype, const std::vector<Value>& weights,
                   DType expected) {
  const std::vector<std::int64_t> ids = {1, 2, 3};
  Features features;
  features.Set("k", ids);
  features.Set("w", weights);
  auto out = Transform(Weighted(dtype), features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->weights->values, ElementsAre(3, 1)) << DTypeName(dtype);
  EXPECT_EQ(out->weights->dtype, expected) << DTypeName(dtype);
}

TEST(Weighted, KeepsHalvesAndDoublesAndCastsOthers) {
  ExpectWeights<std::int8_t>(DType::kInt8, {3, 0, 1}, DType::kFloat32);
  ExpectWeights<std::uint64_t>(DType::kUint64, {3, 0, 1}, DType::kFloat32);
  ExpectWeights<double>(DType::kFloat64, {3, 0, 1}, DType::kFloat64);
  ExpectWeights<Float16>(
      DType::kFloat16,
      {Float16::From(3), Float16::From(-0.0f), Float16::From(1)},
      DType::kFloat16);
}

TEST(Weighted, TakesADoubleThatNoFloatHoldsForAWeight) {
  const std::vector<std::int64_t> ids = {1};
  const std::vector<double> weights = {1e-300};
  Features features;
  features.Set("k", ids);
  features.Set("w", weights);
  auto out = Transform(Weighted(DType::kFloat64), features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->weights->values, ElementsAre(0));
}

TEST(Weighted, RefusesAnotherTypeThanDeclared) {
  const std::vector<std::int64_t> ids = {1};
  const std::vector<double> doubles = {1};
  const std::vector<std::string> strings = {"1"};
  Features features;
  features.Set("k", ids);
  EXPECT_THAT(Transform(Weighted(), features).status(),
              InvalidWith("\"w\" is absent"));
  features.Set("w", doubles);
  EXPECT_THAT(Transform(Weighted(), features).status(),
              InvalidWith("\"k_weighted_by_w\": takes weights of type float32, "
                          "got float64"));
  features.Set("w", strings);
  EXPECT_THAT(Transform(Weighted(), features).status(),
              InvalidWith("got string"));
}

TEST(Weighted, TakesPlainBucketsOfABucketizedColumn) {
  const std::vector<float> numbers = {0.5f, -2, 1};
  const std::vector<float> weights = {1, 2, 3};
  Features features;
  features.Set("x", numbers, {1, 3});
  features.Set("w", weights, {1, 3});
  const BucketizedColumn buckets{.source_column = {.key = "x", .shape = {3}},
                                 .boundaries = {0}};
  auto out = Transform(WeightedCategoricalColumn{.categorical_column = buckets,
                                                 .weight_feature_key = "w"},
                       features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->values, ElementsAre(1, 0, 1));
}

TEST(Weighted, KeepsTheRankOfASequence) {
  const std::vector<std::int64_t> ids = {1, 2};
  const std::vector<float> weights = {1, 2};
  Features features;
  features.Set("k", ids, {1, 2});
  features.Set("w", weights, {1, 2});
  const WeightedCategoricalColumn column{
      .categorical_column = SequenceCategoricalColumnWithIdentity(kIds),
      .weight_feature_key = "w"};
  auto out = Transform(column, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->dense_shape, ElementsAre(1, 2));
  EXPECT_FALSE(internal::IsSequence(column));
}

TEST(Weighted, CannotBeWeightedOrCrossed) {
  const std::vector<std::int64_t> ids = {1};
  const std::vector<float> weights = {1};
  Features features;
  features.Set("k", ids);
  features.Set("w", weights);
  EXPECT_THAT(
      Transform(WeightedCategoricalColumn{.categorical_column = Weighted(),
                                          .weight_feature_key = "w"},
                features)
          .status(),
      InvalidWith("\"k_weighted_by_w\" is weighted; it cannot be weighted"));
  EXPECT_THAT(
      Transform(CrossedColumn{.keys = {Weighted(), "k"}, .hash_bucket_size = 5},
                features)
          .status(),
      InvalidWith("\"k_weighted_by_w\" is weighted, which cannot be crossed"));
}

TEST(Weighted, RefusesBadArguments) {
  const auto error = [](const WeightedCategoricalColumn& column) {
    return internal::Compile(column).status();
  };
  EXPECT_THAT(error({.weight_feature_key = "w"}),
              InvalidWith("weighted column of \"w\": no categorical column"));
  EXPECT_THAT(error(Weighted(DType::kBool)),
              InvalidWith("dtype is bool, expected a number"));
  EXPECT_THAT(error(Weighted(DType::kString)),
              InvalidWith("dtype is string, expected a number"));
  EXPECT_THAT(
      error({.categorical_column = CategoricalColumnWithIdentity{.key = "i"},
             .weight_feature_key = "w",
             .dtype = DType::kBool}),
      InvalidWith("\"i\": num_buckets is 0"));
}

}  // namespace
}  // namespace rowhouse
