// EqualColumns: each argument that makes columns unequal, and what does not.

#include <functional>
#include <string>
#include <vector>

#include "rowhouse/tpu_columns.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

const CategoricalColumnWithIdentity kIdentity{.key = "k", .num_buckets = 5};

// One of each, and each with one argument changed: all are unequal.
std::vector<CategoricalColumn> DifferentColumns() {
  const NumericColumn numbers{.key = "k"};
  const NumericColumn filled{.key = "k", .default_value = 1};
  return {
      kIdentity,
      CategoricalColumnWithIdentity{.key = "l", .num_buckets = 5},
      CategoricalColumnWithIdentity{.key = "k", .num_buckets = 6},
      CategoricalColumnWithIdentity{
          .key = "k", .num_buckets = 5, .default_value = 0},
      CategoricalColumnWithVocabularyList{.key = "k",
                                          .vocabulary_list = {"a", "b"}},
      CategoricalColumnWithVocabularyList{.key = "k",
                                          .vocabulary_list = {"b", "a"}},
      CategoricalColumnWithVocabularyList{.key = "k",
                                          .vocabulary_list = {1, 2}},
      CategoricalColumnWithVocabularyList{
          .key = "k", .vocabulary_list = {1, 2}, .dtype = DType::kInt32},
      CategoricalColumnWithVocabularyList{
          .key = "k", .vocabulary_list = {1, 2}, .num_oov_buckets = 1},
      CategoricalColumnWithVocabularyList{
          .key = "k", .vocabulary_list = {1, 2}, .default_value = 1},
      CategoricalColumnWithVocabularyFile{.key = "k", .vocabulary_file = "f"},
      CategoricalColumnWithVocabularyFile{.key = "k", .vocabulary_file = "g"},
      CategoricalColumnWithVocabularyFile{
          .key = "k", .vocabulary_file = "f", .vocabulary_size = 2},
      CategoricalColumnWithVocabularyFile{
          .key = "k", .vocabulary_file = "f", .dtype = DType::kInt64},
      CategoricalColumnWithVocabularyFile{
          .key = "k", .vocabulary_file = "f", .num_oov_buckets = 2},
      CategoricalColumnWithVocabularyFile{
          .key = "k", .vocabulary_file = "f", .file_format = "tfrecord_gzip"},
      CategoricalColumnWithHashBucket{.key = "k", .hash_bucket_size = 5},
      CategoricalColumnWithHashBucket{
          .key = "k", .hash_bucket_size = 5, .dtype = DType::kInt64},
      BucketizedColumn{.source_column = numbers, .boundaries = {0, 1}},
      BucketizedColumn{.source_column = numbers, .boundaries = {0, 2}},
      BucketizedColumn{.source_column = filled, .boundaries = {0, 1}},
      CrossedColumn{.keys = {"a", "b"}, .hash_bucket_size = 5},
      CrossedColumn{.keys = {"b", "a"}, .hash_bucket_size = 5},
      CrossedColumn{.keys = {"a", kIdentity}, .hash_bucket_size = 5},
      CrossedColumn{.keys = {"a", "b", "c"}, .hash_bucket_size = 5},
      CrossedColumn{.keys = {"a", "b"}, .hash_bucket_size = 5, .hash_key = 1},
      WeightedCategoricalColumn{.categorical_column = kIdentity,
                                .weight_feature_key = "w"},
      WeightedCategoricalColumn{.categorical_column = kIdentity,
                                .weight_feature_key = "v"},
      WeightedCategoricalColumn{.categorical_column = kIdentity,
                                .weight_feature_key = "w",
                                .dtype = DType::kInt32},
      WeightedCategoricalColumn{.weight_feature_key = "w"},
      SequenceCategoricalColumnWithIdentity(kIdentity),
      SequenceCategoricalColumnWithHashBucket(
          {.key = "k", .hash_bucket_size = 5}),
  };
}

TEST(EqualColumns, EveryArgumentCounts) {
  const std::vector<CategoricalColumn> left = DifferentColumns();
  const std::vector<CategoricalColumn> right = DifferentColumns();
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t j = 0; j < right.size(); ++j) {
      EXPECT_EQ(EqualColumns(left[i], right[j]), i == j) << i << ", " << j;
    }
  }
}

TEST(EqualColumns, DefaultsCountAsWritten) {
  using List = CategoricalColumnWithVocabularyList;
  EXPECT_TRUE(EqualColumns(
      List{.key = "k", .vocabulary_list = {"a"}},
      List{.key = "k", .vocabulary_list = {"a"}, .dtype = DType::kString}));
  EXPECT_TRUE(EqualColumns(
      List{.key = "k", .vocabulary_list = {1}},
      List{.key = "k", .vocabulary_list = {1}, .dtype = DType::kInt64}));
  using File = CategoricalColumnWithVocabularyFile;
  EXPECT_TRUE(EqualColumns(
      File{.key = "k", .vocabulary_file = "f"},
      File{.key = "k", .vocabulary_file = "f", .default_value = -1}));
}

// One number stands for as many as the shape has places, 1 for 1.0.
TEST(EqualColumns, NumericDefaultsAreNumbers) {
  const auto equal = [](NumericDefault a, NumericDefault b) {
    const auto column = [](NumericDefault value) {
      return BucketizedColumn{
          .source_column = {.key = "k", .shape = {2}, .default_value = value},
          .boundaries = {0}};
    };
    return EqualColumns(column(std::move(a)), column(std::move(b)));
  };
  const auto two = [](double x, double y) {
    return NumericDefault({Number(x), Number(y)}, {2});
  };
  EXPECT_TRUE(equal(1, 1.0));
  EXPECT_TRUE(equal(1, two(1, 1)));
  EXPECT_TRUE(equal(two(1, 1), 1));
  EXPECT_FALSE(equal(1, two(1, 2)));
  EXPECT_FALSE(equal(two(1, 2), 1));
  EXPECT_FALSE(equal(two(1, 2), two(2, 1)));
}

TEST(EqualColumns, AFunctionEqualsNoOther) {
  const BucketizedColumn column{
      .source_column = {.key = "k", .normalizer_fn = [](float x) { return x; }},
      .boundaries = {0}};
  EXPECT_FALSE(EqualColumns(column, column));
}

TEST(EqualColumns, TpuColumnsByTheArgumentsOfTheLookup) {
  const TpuEmbeddingColumn column{.categorical_column = kIdentity,
                                  .dimension = 2,
                                  .initializer = ConstantInitializer{}};
  const auto with = [&](const std::function<void(TpuEmbeddingColumn&)>& edit) {
    TpuEmbeddingColumn other = column;
    edit(other);
    EXPECT_EQ(EqualColumns(column, other), EqualColumns(other, column));
    return EqualColumns(column, other);
  };
  EXPECT_TRUE(with([](auto&) {}));
  EXPECT_TRUE(with([](auto& c) { c.max_sequence_length = 3; }));
  EXPECT_TRUE(with([](auto& c) {
    c.learning_rate_fn = [](std::uint64_t) { return 1.0f; };
  }));
  EXPECT_TRUE(with([](auto& c) { c.tensor_core_shape = {1, 2}; }));
  EXPECT_FALSE(with([](auto& c) { c.dimension = 3; }));
  EXPECT_FALSE(with([](auto& c) { c.combiner = Combiner::kSum; }));
  EXPECT_FALSE(with([](auto& c) { c.use_safe_embedding_lookup = false; }));
  EXPECT_FALSE(with([](auto& c) { c.initializer = UniformInitializer{}; }));
  EXPECT_FALSE(with([](auto& c) {
    c.categorical_column =
        CategoricalColumnWithIdentity{.key = "k", .num_buckets = 6};
  }));
}

TEST(EqualColumns, ADefaultInitializerIsAnObjectOfItsOwn) {
  const TpuEmbeddingColumn column{.categorical_column = kIdentity,
                                  .dimension = 2};
  const TpuEmbeddingColumn alike = column;
  EXPECT_FALSE(EqualColumns(column, alike));
  EXPECT_TRUE(EqualColumns(column, column));
}

TEST(EqualColumns, AnOrdinaryColumnIsATpuColumnWithoutMore) {
  const TpuEmbeddingColumn column{.categorical_column = kIdentity,
                                  .dimension = 2,
                                  .initializer = ConstantInitializer{}};
  EmbeddingColumn ordinary{.categorical_column = kIdentity,
                           .dimension = 2,
                           .initializer = ConstantInitializer{}};
  EXPECT_TRUE(EqualColumns(column, ordinary));
  ordinary.trainable = false;
  EXPECT_FALSE(EqualColumns(column, ordinary));
  ordinary.trainable = true;
  ordinary.max_norm = 1.0f;
  EXPECT_FALSE(EqualColumns(column, ordinary));
  ordinary.max_norm = std::nullopt;
  ordinary.ckpt_to_load_from = "c";
  ordinary.tensor_name_in_ckpt = "t";
  EXPECT_FALSE(EqualColumns(column, ordinary));
}

}  // namespace
}  // namespace rowhouse
