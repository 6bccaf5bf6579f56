#include "rowhouse/parse_example_spec.h"

#include <string>
#include <utility>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Feature = std::variant<VarLenFeature, FixedLenFeature>;

Feature VarLen(DType dtype) { return VarLenFeature{.dtype = dtype}; }

const CategoricalColumnWithIdentity kIds{.key = "i", .num_buckets = 9};

TEST(ParseExampleSpec, OfCategoricalColumnsIsOfAnyLength) {
  EXPECT_THAT(*ParseExampleSpecOf(CategoricalColumn(kIds)),
              ElementsAre(Pair("i", VarLen(DType::kInt64))));
  EXPECT_THAT(
      *ParseExampleSpecOf(CategoricalColumn(CategoricalColumnWithHashBucket{
          .key = "h", .hash_bucket_size = 5, .dtype = DType::kInt8})),
      ElementsAre(Pair("h", VarLen(DType::kInt8))));
  CategoricalColumnWithVocabularyList list{.key = "v",
                                           .vocabulary_list = {1, 2}};
  EXPECT_THAT(*ParseExampleSpecOf(CategoricalColumn(list)),
              ElementsAre(Pair("v", VarLen(DType::kInt64))));
  list.dtype = DType::kInt32;
  EXPECT_THAT(*ParseExampleSpecOf(CategoricalColumn(list)),
              ElementsAre(Pair("v", VarLen(DType::kInt32))));
  EXPECT_THAT(*ParseExampleSpecOf(CategoricalColumn(
                  SequenceCategoricalColumnWithVocabularyFile({.key = "f"}))),
              ElementsAre(Pair("f", VarLen(DType::kString))));
}

TEST(ParseExampleSpec, OfNumbersHasTheirShapeAndDefault) {
  EXPECT_THAT(
      *ParseExampleSpecOf(DenseColumn(NumericColumn{.key = "x", .shape = {2}})),
      ElementsAre(Pair("x", Feature(FixedLenFeature{.shape = {2}}))));
  const NumericColumn filled{
      .key = "x", .shape = {2, 2}, .default_value = 1, .dtype = DType::kInt64};
  const Number one = std::int64_t{1};
  EXPECT_THAT(*ParseExampleSpecOf(DenseColumn(filled)),
              ElementsAre(Pair("x", Feature(FixedLenFeature{
                                        .dtype = DType::kInt64,
                                        .shape = {2, 2},
                                        .default_value = std::vector<Number>{
                                            one, one, one, one}}))));
  EXPECT_THAT(*ParseExampleSpecOf(BucketizedColumn{
                  .source_column = {.key = "x"}, .boundaries = {1}}),
              ElementsAre(Pair("x", Feature(FixedLenFeature{.shape = {1}}))));
  EXPECT_THAT(ParseExampleSpecOf(
                  SequenceNumericColumn{.key = "s", .dtype = DType::kFloat64}),
              ElementsAre(Pair("s", VarLen(DType::kFloat64))));
  EXPECT_THAT(
      ParseExampleSpecOf(DenseColumn(NumericColumn{.key = "x", .shape = {0}}))
          .status(),
      InvalidWith("dimension 0"));
}

// A shape of a few bytes would become 2^26 numbers.
TEST(ParseExampleSpec, OneDefaultIsNotRepeatedWithoutEnd) {
  NumericColumn column{.key = "x", .shape = {1 << 26}, .default_value = 0.5};
  EXPECT_THAT(ParseExampleSpecOf(DenseColumn(column)).status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr("stands for 67108864 numbers")));
  column.shape = {1 << 20};
  EXPECT_TRUE(ParseExampleSpecOf(DenseColumn(column)).ok());
}

TEST(ParseExampleSpec, OfACrossIsThatOfItsKeys) {
  const CrossedColumn inner{.keys = {"q", kIds}, .hash_bucket_size = 3};
  const CrossedColumn cross{.keys = {inner, "o", "q"}, .hash_bucket_size = 9};
  EXPECT_THAT(*ParseExampleSpecOf(
                  DenseColumn(IndicatorColumn{.categorical_column = cross})),
              ElementsAre(Pair("i", VarLen(DType::kInt64)),
                          Pair("o", VarLen(DType::kString)),
                          Pair("q", VarLen(DType::kString))));
}

TEST(ParseExampleSpec, OfWeightsMustHaveAKeyOfItsOwn) {
  WeightedCategoricalColumn column{.categorical_column = kIds,
                                   .weight_feature_key = "w",
                                   .dtype = DType::kFloat64};
  EXPECT_THAT(*ParseExampleSpecOf(CategoricalColumn(column)),
              ElementsAre(Pair("i", VarLen(DType::kInt64)),
                          Pair("w", VarLen(DType::kFloat64))));
  column.weight_feature_key = "i";
  EXPECT_THAT(
      ParseExampleSpecOf(CategoricalColumn(column)).status(),
      InvalidWith("the weight key \"i\" is a key of the weighted column too"));
}

TEST(ParseExampleSpec, MergesWhatColumnsAgreeOn) {
  const ParseExampleSpec a = {{"x", VarLen(DType::kInt64)}};
  const ParseExampleSpec b = {{"x", VarLen(DType::kInt64)},
                              {"y", VarLen(DType::kString)}};
  const ParseExampleSpec c = {{"x", VarLen(DType::kInt32)}};
  EXPECT_EQ(*MergeParseExampleSpecs({a, b}), b);
  EXPECT_THAT(MergeParseExampleSpecs({a, c}).status(),
              InvalidWith("different things of the feature \"x\""));
}

}  // namespace
}  // namespace rowhouse
