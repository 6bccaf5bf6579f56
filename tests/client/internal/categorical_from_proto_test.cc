#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "client/internal/columns_from_proto.h"
#include "tests/client/internal/spec_text.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<CategoricalColumn> Categorical(const std::string& text) {
  return CategoricalFromProto(Parse<v1::Column>(text));
}

auto InvalidWith(const char* text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

TEST(CategoricalFromProto, ReadsIdentity) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const CategoricalColumn column,
      Categorical(R"(categorical_column_with_identity {
                       key: "k" num_buckets: 5 default_value: 0 })"));
  const auto& identity = std::get<CategoricalColumnWithIdentity>(column);
  EXPECT_EQ(identity.key, "k");
  EXPECT_EQ(identity.num_buckets, 5);
  EXPECT_EQ(identity.default_value, 0);
}

TEST(CategoricalFromProto, ReadsVocabularies) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const CategoricalColumn strings,
      Categorical(R"(categorical_column_with_vocabulary_list {
                       key: "k" dtype: "string" num_oov_buckets: 2
                       vocabulary_list { byte_strings: ["a", "\377"] } })"));
  const auto& list = std::get<CategoricalColumnWithVocabularyList>(strings);
  EXPECT_THAT(std::get<std::vector<std::string>>(list.vocabulary_list.tokens()),
              ElementsAre("a", "\xff"));
  EXPECT_EQ(list.default_value, -1);
  EXPECT_EQ(list.num_oov_buckets, 2);
  EXPECT_EQ(list.dtype, DType::kString);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const CategoricalColumn file,
      Categorical(R"(categorical_column_with_vocabulary_file {
                       key: "k" vocabulary_file: "f" vocabulary_size: 3
                       default_value: 1 file_format: "text" })"));
  const auto& words = std::get<CategoricalColumnWithVocabularyFile>(file);
  EXPECT_EQ(words.vocabulary_file, "f");
  EXPECT_EQ(words.vocabulary_size, 3);
  EXPECT_EQ(words.default_value, 1);
  EXPECT_EQ(words.file_format, "text");
}

TEST(CategoricalFromProto, ReadsCrossesWithinCrosses) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CategoricalColumn column,
                                Categorical(R"(crossed_column {
          keys { feature: "a" }
          keys { column { bucketized_column {
            source_column { numeric_column { key: "n" } }
            boundaries: [0.5, 1.5] } } }
          hash_bucket_size: 9 hash_key: 5 })"));
  const auto& cross = std::get<CrossedColumn>(column);
  ASSERT_EQ(cross.keys.size(), 2u);
  EXPECT_EQ(std::get<std::string>(cross.keys[0]), "a");
  const auto& inner =
      std::get<BucketizedColumn>(std::get<CategoricalColumn>(cross.keys[1]));
  EXPECT_EQ(inner.source_column.key, "n");
  EXPECT_THAT(inner.boundaries, ElementsAre(0.5, 1.5));
  EXPECT_EQ(cross.hash_key, 5u);
}

TEST(CategoricalFromProto, ReadsWeightsAndSequences) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CategoricalColumn column,
                                Categorical(R"(weighted_categorical_column {
          categorical_column { sequence_categorical_column_with_hash_bucket {
            key: "k" hash_bucket_size: 7 dtype: "int8" } }
          weight_feature_key: "w" dtype: "float64" })"));
  const auto& weighted = std::get<WeightedCategoricalColumn>(column);
  EXPECT_EQ(weighted.weight_feature_key, "w");
  EXPECT_EQ(weighted.dtype, DType::kFloat64);
  const auto& sequence =
      std::get<SequenceCategoricalColumn>(*weighted.categorical_column.get());
  EXPECT_EQ(
      std::get<CategoricalColumnWithHashBucket>(sequence.categorical_column)
          .dtype,
      DType::kInt8);
}

TEST(CategoricalFromProto, RefusesWithThePlace) {
  EXPECT_THAT(Categorical(""), InvalidWith("column: missing"));
  EXPECT_THAT(Categorical("numeric_column {}"),
              InvalidWith("numeric_column: a categorical column is needed"));
  EXPECT_THAT(Categorical("categorical_column_with_identity {}"),
              InvalidWith("categorical_column_with_identity.key: missing"));
  EXPECT_THAT(Categorical(R"(categorical_column_with_vocabulary_list { key: "k"
                       vocabulary_list { strings: "a" integers: 1 } })"),
              InvalidWith("vocabulary_list: values of more than one kind"));
  EXPECT_THAT(Categorical(R"(sequence_categorical_column_with_vocabulary_file {
                       key: "k" file_format: "text" })"),
              InvalidWith("file_format: the file's name decides"));
  EXPECT_THAT(
      Categorical(R"(crossed_column { keys { feature: "a" } keys {} })"),
      InvalidWith("crossed_column.keys[1].key: neither"));
  EXPECT_THAT(Categorical(R"(crossed_column { keys { column { crossed_column {
                       keys { column {} } } } } })"),
              InvalidWith("crossed_column.keys[0].column.crossed_column.keys[0]"
                          ".column.column: missing"));
  EXPECT_THAT(Categorical(R"(bucketized_column { source_column {
                       sequence_numeric_column { key: "a" } } })"),
              InvalidWith("source_column: a numeric_column is needed"));
  EXPECT_THAT(
      Categorical(R"(weighted_categorical_column { categorical_column {
          categorical_column_with_identity { key: "a" } } })"),
      InvalidWith("weighted_categorical_column.weight_feature_key: missing"));
}

}  // namespace
}  // namespace rowhouse::internal
