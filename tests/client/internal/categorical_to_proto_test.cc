#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/internal/columns_from_proto.h"
#include "client/internal/columns_to_proto.h"
#include "tests/client/internal/spec_text.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

// What is written of the column that `text` says.
std::string Again(const std::string& text) {
  const auto column = CategoricalFromProto(Parse<v1::Column>(text));
  if (!column.ok()) return column.status().ToString();
  v1::Column out;
  const absl::Status written = CategoricalToProto(*column, out);
  return written.ok() ? TextOf(out) : written.ToString();
}

TEST(CategoricalToProto, IsTheWayBack) {
  for (const std::string text : {
           R"(categorical_column_with_identity { key: "k" num_buckets: 5 })",
           R"(sequence_categorical_column_with_identity {
              key: "" num_buckets: 5 default_value: 0 })",
           R"(categorical_column_with_vocabulary_list {
              key: "k" vocabulary_list { strings: ["b", "a"] }
              dtype: "string" num_oov_buckets: 1 })",
           R"(sequence_categorical_column_with_vocabulary_list {
              key: "k" vocabulary_list { integers: [-1, 4] }
              dtype: "int8" default_value: 0 })",
           R"(categorical_column_with_vocabulary_list {
              key: "k" vocabulary_list { byte_strings: ["a", "\377"] } })",
           R"(categorical_column_with_vocabulary_file {
              key: "k" vocabulary_file: "f" vocabulary_size: 0 dtype: "int64"
              default_value: -1 num_oov_buckets: 2 file_format: "" })",
           R"(sequence_categorical_column_with_vocabulary_file {
              key: "k" vocabulary_file: "f" })",
           R"(categorical_column_with_hash_bucket {
              key: "k" hash_bucket_size: 9 dtype: "uint16" })",
           R"(sequence_categorical_column_with_hash_bucket {
              key: "k" hash_bucket_size: 9 })",
           R"(crossed_column { keys { feature: "a" }
              keys { column { crossed_column { keys { feature: "b" } } } }
              hash_bucket_size: 7 hash_key: 18446744073709551615 })",
           R"(weighted_categorical_column { categorical_column {
              bucketized_column {
                source_column { numeric_column { key: "n" } }
                boundaries: [-0.25, 3] } }
              weight_feature_key: "w" dtype: "bfloat16" })",
       }) {
    EXPECT_EQ(Again(text), TextOf(Parse<v1::Column>(text)));
  }
}

}  // namespace
}  // namespace rowhouse::internal
