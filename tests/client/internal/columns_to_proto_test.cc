#include "client/internal/columns_to_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/internal/columns_from_proto.h"
#include "tests/client/internal/spec_text.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::HasSubstr;

auto InvalidWith(const char* text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

// What is written of the columns that `text` says.
std::string Again(const std::string& text) {
  const auto columns = ColumnsFromProto(Parse<v1::FeatureSpec>(text));
  if (!columns.ok()) return columns.status().ToString();
  const auto spec = ColumnsToProto(*columns);
  return spec.ok() ? TextOf(*spec) : spec.status().ToString();
}

TEST(ColumnsToProto, IsTheWayBack) {
  for (const std::string text : {
           R"(columns { embedding_column { categorical_column {
              categorical_column_with_identity { key: "k" num_buckets: 5 } }
              dimension: 3 combiner: "sum"
              initializer { normal { mean: 1 stddev: 2 truncated: true } }
              ckpt_to_load_from: "c" tensor_name_in_ckpt: "" max_norm: 0
              trainable: false use_safe_embedding_lookup: false
              table { name: "t" seed: 3 sgd { learning_rate: 1 }
                      nan_policy: NAN_POLICY_SKIP_ROW
                      durability: DURABILITY_POWER
                      placement: PLACEMENT_WHOLE } } })",
           R"(columns { shared_embeddings { categorical_columns {
              categorical_column_with_identity { key: "k" num_buckets: 5 } }
              dimension: -1 combiner: "none"
              initializer { constant { value: 2 } }
              shared_embedding_collection_name: "s"
              table { sgd { learning_rate: 1 }
                      nan_policy: NAN_POLICY_REJECT
                      durability: DURABILITY_PROCESS
                      placement: PLACEMENT_HASHED } } })",
           R"(columns { tpu_embedding_column { categorical_column {
              categorical_column_with_identity { key: "k" num_buckets: 5 } }
              dimension: 3 combiner: "sum" max_sequence_length: 4
              embedding_lookup_device: "cpu" tensor_core_shape: [-1, 8]
              use_safe_embedding_lookup: false
              table { name: "t" sgd { learning_rate: 1 }
                      nan_policy: NAN_POLICY_REJECT
                      durability: DURABILITY_PROCESS
                      placement: PLACEMENT_HASHED } } }
              columns { tpu_shared_embedding_columns { categorical_columns {
              categorical_column_with_identity { key: "k" num_buckets: 5 } }
              dimension: 3 shared_embedding_collection_name: "s"
              max_sequence_lengths: 7
              table { sgd { learning_rate: 1 }
                      nan_policy: NAN_POLICY_REJECT
                      durability: DURABILITY_PROCESS
                      placement: PLACEMENT_HASHED } } })",
           R"(columns { indicator_column { categorical_column {
              crossed_column { keys { feature: "a" } keys { feature: "b" }
              hash_bucket_size: 7 } } } }
              columns { sequence_numeric_column { key: "s" } }
              columns { numeric_column { key: "n" } }
              columns { bucketized_column {
                source_column { numeric_column { key: "n" } }
                boundaries: 0.1 } })",
       }) {
    EXPECT_EQ(Again(text), TextOf(Parse<v1::FeatureSpec>(text)));
  }
}

TEST(ColumnsToProto, RefusesWhatCannotBeSaid) {
  const NumericColumn function{.key = "n",
                               .normalizer_fn = [](float x) { return x; }};
  EXPECT_THAT(ColumnsToProto({NumericColumn{.key = "m"}, function}),
              InvalidWith("columns[1].numeric_column.normalizer_fn"));
  EXPECT_THAT(ColumnsToProto({IndicatorColumn{BucketizedColumn{
                  .source_column = function, .boundaries = {0}}}}),
              InvalidWith("columns[0].indicator_column.categorical_column."
                          "bucketized_column.source_column.normalizer_fn"));
  EXPECT_THAT(
      ColumnsToProto({TpuEmbeddingColumn{
          .categorical_column =
              CategoricalColumnWithIdentity{.key = "k", .num_buckets = 1},
          .learning_rate_fn = [](std::uint64_t) { return 1.0f; }}}),
      InvalidWith("columns[0].tpu_embedding_column.learning_rate_fn"));
  EXPECT_THAT(ColumnsToProto({NumericColumn{.key = "\xff"}}),
              InvalidWith("columns[0].numeric_column.key: not UTF-8"));
  EXPECT_THAT(
      ColumnsToProto({CategoricalColumn(WeightedCategoricalColumn{})}),
      InvalidWith("weighted_categorical_column.categorical_column: missing"));
}

}  // namespace
}  // namespace rowhouse::internal
