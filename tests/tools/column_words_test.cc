#include "tools/column_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rowhouse/feature_spec.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::tools {
namespace {

std::string Words(const std::string& column) {
  const auto columns = ColumnsFromText("columns { " + column + " }");
  EXPECT_TRUE(columns.ok()) << columns.status();
  return columns.ok() ? WordsOf(columns->at(0)) : "";
}

TEST(ColumnWords, SayWhatHappensToEveryValue) {
  EXPECT_EQ(Words(R"(numeric_column { key: "n" shape: [2, 3] })"),
            "n: numbers of shape [2, 3]");
  EXPECT_EQ(Words(R"(bucketized_column {
                       source_column { numeric_column { key: "n" } }
                       boundaries: [1, 2] })"),
            "one-hot; n: numbers in 3 ranges");
  EXPECT_EQ(Words(R"(indicator_column { categorical_column {
                       categorical_column_with_identity {
                         key: "k" num_buckets: 3 default_value: 0 } } })"),
            "count of each id; k: integers below 3, others count as 0");
  EXPECT_EQ(Words(R"(embedding_column { dimension: 4 max_norm: 2
                       combiner: "sum" trainable: false
                       categorical_column { weighted_categorical_column {
                         weight_feature_key: "w"
                         categorical_column {
                           categorical_column_with_vocabulary_list {
                             key: "k" num_oov_buckets: 2
                             vocabulary_list { strings: "a" } } } } } })"),
            "sum of rows of 4 floats not longer than 2, not trained; k: places "
            "in a list of 1, others hashed to 2 more, weighted by w");
  EXPECT_EQ(Words(R"(shared_embeddings { dimension: 4 combiner: "max"
                       categorical_columns {
                         sequence_categorical_column_with_vocabulary_file {
                           key: "k" vocabulary_file: "f" vocabulary_size: 9 } }
                       categorical_columns { crossed_column {
                         keys { feature: "a" }
                         keys { column { categorical_column_with_hash_bucket {
                           key: "h" hash_bucket_size: 5 } } }
                         hash_bucket_size: 7 } } })"),
            "no combiner, so every lookup is refused, of rows of 4 floats; k: "
            "places in the first 9 of file f, others left out, over time; a x "
            "(h: string hashed to 5 ids): combinations hashed to 7 ids");
  EXPECT_EQ(Words(R"(tpu_embedding_column { dimension: 4
                       max_sequence_length: 3
                       embedding_lookup_device: "tpu_embedding_core"
                       categorical_column {
                         sequence_categorical_column_with_identity {
                           key: "k" num_buckets: 3 } } })"),
            "mean of rows of 4 floats, meant for tpu_embedding_core, up to 3 "
            "positions; k: integers below 3, over time");
  EXPECT_EQ(Words(R"(tpu_shared_embedding_columns { dimension: 4
                       use_safe_embedding_lookup: false
                       categorical_columns { categorical_column_with_identity {
                         key: "k" num_buckets: 3 } }
                       categorical_columns { categorical_column_with_identity {
                         key: "l" num_buckets: 3 } } })"),
            "mean of rows of 4 floats, ids and weights unchecked; k: integers "
            "below 3; l: integers below 3");
  EXPECT_EQ(Words(R"(sequence_numeric_column { key: "s" })"),
            "s: numbers of shape [1] over time");
  EXPECT_EQ(Words(R"(categorical_column_with_identity {
                       key: "k" num_buckets: 3 })"),
            "ids only: wants an embedding or indicator; k: integers below 3");
}

}  // namespace
}  // namespace rowhouse::tools
