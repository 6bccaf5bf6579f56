#include "client/columns/categorical.h"

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

const CategoricalColumnWithIdentity kIds{.key = "i", .num_buckets = 3};
const BucketizedColumn kAge{.source_column = {.key = "age"}, .boundaries = {1}};

TEST(ColumnName, IsTheKeyOrThatOfTheInnerColumn) {
  EXPECT_EQ(ColumnName(kIds), "i");
  EXPECT_EQ(ColumnName(kAge), "age_bucketized");
  EXPECT_EQ(ColumnName(SequenceCategoricalColumnWithIdentity(kIds)), "i");
  EXPECT_EQ(ColumnName(CategoricalColumnWithVocabularyFile{.key = "a b/c"}),
            "a b/c");
  EXPECT_EQ(ColumnName(SequenceNumericColumn{.key = "s"}), "s");
  EXPECT_EQ(ColumnName(DenseColumn(NumericColumn{.key = "x"})), "x");
  EXPECT_EQ(
      ColumnName(DenseColumn(IndicatorColumn{.categorical_column = kAge})),
      "age_bucketized_indicator");
}

TEST(ColumnName, OfWeightsNamesBoth) {
  const WeightedCategoricalColumn once{.categorical_column = kIds,
                                       .weight_feature_key = "w"};
  const WeightedCategoricalColumn twice{.categorical_column = once,
                                        .weight_feature_key = "v"};
  EXPECT_EQ(ColumnName(once), "i_weighted_by_w");
  EXPECT_EQ(ColumnName(twice), "i_weighted_by_w_weighted_by_v");
  EXPECT_EQ(ColumnName(WeightedCategoricalColumn{.weight_feature_key = "w"}),
            "_weighted_by_w");
}

TEST(ColumnName, OfACrossSortsItsLeaves) {
  const CrossedColumn inner{.keys = {"q", "m"}, .hash_bucket_size = 3};
  const CrossedColumn outer{.keys = {inner, "B", kAge}, .hash_bucket_size = 9};
  EXPECT_EQ(ColumnName(outer), "B_X_age_bucketized_X_m_X_q");
  EXPECT_EQ(ColumnName(CrossedColumn{.keys = {"a", "a"}}), "a_X_a");
}

TEST(Categorical, CompilesEachKind) {
  const CategoricalColumn columns[] = {
      kIds,
      kAge,
      CategoricalColumnWithVocabularyList{.key = "v", .vocabulary_list = {"a"}},
      CategoricalColumnWithHashBucket{.key = "h", .hash_bucket_size = 5},
      CrossedColumn{.keys = {kIds, "a"}, .hash_bucket_size = 7},
      WeightedCategoricalColumn{.categorical_column = kIds,
                                .weight_feature_key = "w"},
      SequenceCategoricalColumnWithIdentity(kIds)};
  const std::uint64_t buckets[] = {3, 2, 1, 5, 7, 3, 3};
  for (std::size_t i = 0; i < std::size(columns); ++i) {
    const auto compiled = internal::Compile(columns[i]);
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    EXPECT_EQ((*compiled)->name(), ColumnName(columns[i]));
    EXPECT_EQ((*compiled)->num_buckets(), buckets[i]);
  }
}

TEST(Categorical, TakesTypesOfOneFamily) {
  using internal::CheckFamily;
  EXPECT_TRUE(CheckFamily("c", DType::kString, DType::kString).ok());
  EXPECT_TRUE(CheckFamily("c", DType::kInt8, DType::kUint64).ok());
  EXPECT_THAT(CheckFamily("c", DType::kString, DType::kInt64),
              InvalidWith("\"c\": takes strings, got int64"));
  EXPECT_THAT(CheckFamily("c", DType::kInt64, DType::kBool),
              InvalidWith("\"c\": takes integers, got bool"));
  EXPECT_THAT(internal::CheckIdDType("c", DType::kFloat16),
              InvalidWith("dtype is float16, expected string or integer"));
}

}  // namespace
}  // namespace rowhouse
