#include "client/internal/columns_from_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "tests/client/internal/spec_text.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kIdentity[] =
    R"(categorical_column_with_identity { key: "k" num_buckets: 5 })";

// The only column of `text`.
template <typename Column>
absl::StatusOr<Column> Only(const std::string& text) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto columns,
      ColumnsFromProto(Parse<v1::FeatureSpec>("columns {" + text + "}")));
  return std::get<Column>(columns.at(0));
}

// An embedding column with `more` fields.
absl::StatusOr<EmbeddingColumn> Embedding(const std::string& more) {
  return Only<EmbeddingColumn>("embedding_column { categorical_column {" +
                               std::string(kIdentity) + "} dimension: 3 " +
                               more + "}");
}

auto InvalidWith(const char* text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

TEST(ColumnsFromProto, UnsetFieldsOfAnEmbeddingAreTheStructs) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingColumn column, Embedding(""));
  const EmbeddingColumn defaults;
  EXPECT_EQ(column.dimension, 3);
  EXPECT_EQ(column.combiner, defaults.combiner);
  EXPECT_EQ(column.initializer, defaults.initializer);
  EXPECT_EQ(column.max_norm, defaults.max_norm);
  EXPECT_EQ(column.trainable, defaults.trainable);
  EXPECT_EQ(column.use_safe_embedding_lookup,
            defaults.use_safe_embedding_lookup);
  EXPECT_EQ(column.table.optimizer, defaults.table.optimizer);
  EXPECT_EQ(column.table.durability, defaults.table.durability);
  EXPECT_EQ(column.table_name, "");
}

TEST(ColumnsFromProto, ReadsEveryFieldOfAnEmbedding) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const EmbeddingColumn column,
      Embedding(R"(combiner: "sqrtn" initializer { uniform { low: -1 high: 1 } }
                   ckpt_to_load_from: "c" tensor_name_in_ckpt: "t"
                   max_norm: 0 trainable: false
                   use_safe_embedding_lookup: false
                   table { name: "n" seed: 7 adagrad { learning_rate: 0.5 }
                           nan_policy: NAN_POLICY_PROPAGATE
                           placement: PLACEMENT_WHOLE
                           durability: DURABILITY_POWER })"));
  EXPECT_EQ(column.combiner, Combiner::kSqrtn);
  EXPECT_EQ(*column.initializer,
            InitializerSpec(UniformInitializer{-1.0f, 1.0f}));
  EXPECT_EQ(column.ckpt_to_load_from, "c");
  EXPECT_EQ(column.tensor_name_in_ckpt, "t");
  EXPECT_EQ(column.max_norm, 0.0f);
  EXPECT_FALSE(column.trainable);
  EXPECT_FALSE(column.use_safe_embedding_lookup);
  EXPECT_EQ(column.table_name, "n");
  EXPECT_EQ(column.table.seed, 7u);
  EXPECT_EQ(column.table.optimizer,
            OptimizerSpec(AdagradSpec{.learning_rate = 0.5f}));
  EXPECT_EQ(column.table.nan_policy, NanPolicy::kPropagate);
  EXPECT_EQ(column.table.placement, Placement::kWhole);
  EXPECT_EQ(column.table.durability, Durability::kPower);
}

TEST(ColumnsFromProto, LeavesAnUnknownCombinerToTheLookup) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingColumn column,
                                Embedding(R"(combiner: "MEAN")"));
  EXPECT_EQ(column.combiner, Combiner::kNone);
}

TEST(ColumnsFromProto, ReadsTheOtherColumns) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SharedEmbeddings shared,
      Only<SharedEmbeddings>("shared_embeddings { categorical_columns {" +
                             std::string(kIdentity) + "} dimension: 2 " +
                             R"(shared_embedding_collection_name: "n" })"));
  EXPECT_EQ(shared.categorical_columns.size(), 1u);
  EXPECT_EQ(shared.shared_embedding_collection_name, "n");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const IndicatorColumn indicator,
      Only<IndicatorColumn>("indicator_column { categorical_column {" +
                            std::string(kIdentity) + "} }"));
  EXPECT_EQ(ColumnName(indicator.categorical_column), "k");
  ROWHOUSE_EXPECT_OK(Only<CategoricalColumn>(kIdentity));
  ROWHOUSE_EXPECT_OK(Only<NumericColumn>(R"(numeric_column { key: "n" })"));
  ROWHOUSE_EXPECT_OK(
      Only<SequenceNumericColumn>(R"(sequence_numeric_column { key: "n" })"));
}

TEST(ColumnsFromProto, ReadsTpuColumns) {
  const std::string inner = "{" + std::string(kIdentity) + "}";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto column,
      Only<TpuEmbeddingColumn>(
          "tpu_embedding_column { categorical_column " + inner +
          R"(dimension: 3 combiner: "sum" initializer { constant { value: 2 } }
             max_sequence_length: 4 embedding_lookup_device: "tpu_tensor_core"
             tensor_core_shape: [-1, 8] use_safe_embedding_lookup: false
             table { name: "t" seed: 5 } })"));
  EXPECT_EQ(ColumnName(column.categorical_column), "k");
  EXPECT_EQ(column.dimension, 3);
  EXPECT_EQ(column.combiner, Combiner::kSum);
  EXPECT_EQ(column.initializer, InitializerSpec(ConstantInitializer{2}));
  EXPECT_EQ(column.max_sequence_length, 4);
  EXPECT_EQ(column.embedding_lookup_device, EmbeddingDevice::kTpuTensorCore);
  EXPECT_THAT(column.tensor_core_shape, ElementsAre(kUnknownSize, 8));
  EXPECT_FALSE(column.use_safe_embedding_lookup);
  EXPECT_EQ(column.table_name, "t");
  EXPECT_EQ(column.table.seed, 5u);
  EXPECT_FALSE(column.learning_rate_fn);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto shared,
      Only<TpuSharedEmbeddingColumns>(
          "tpu_shared_embedding_columns { categorical_columns " + inner +
          "categorical_columns " + inner +
          R"(dimension: 3 shared_embedding_collection_name: "s"
             max_sequence_lengths: [0, 2] })"));
  EXPECT_EQ(shared.categorical_columns.size(), 2u);
  EXPECT_EQ(shared.shared_embedding_collection_name, "s");
  EXPECT_THAT(shared.max_sequence_lengths, ElementsAre(0, 2));
  EXPECT_EQ(shared.embedding_lookup_device, std::nullopt);
  EXPECT_THAT(
      Only<TpuEmbeddingColumn>("tpu_embedding_column { categorical_column " +
                               inner + R"(embedding_lookup_device: "gpu" })"),
      InvalidWith("columns[0].tpu_embedding_column."
                  "embedding_lookup_device: \"gpu\" is no device"));
  EXPECT_THAT(Only<TpuSharedEmbeddingColumns>(
                  R"(tpu_shared_embedding_columns { table { name: "t" } })"),
              InvalidWith("table.name: shared_embedding_collection_name"));
}

TEST(ColumnsFromProto, RefusesWithThePlace) {
  EXPECT_THAT(Embedding("table { dim: 3 }"),
              InvalidWith("columns[0].embedding_column.table.dim"));
  EXPECT_THAT(Embedding("table { rows: 3 }"), InvalidWith("table.rows"));
  EXPECT_THAT(Embedding("table { constant {} }"),
              InvalidWith("table.initializer"));
  EXPECT_THAT(Embedding("table { adagrad {} }"),
              InvalidWith("table.adagrad.learning_rate: missing"));
  EXPECT_THAT(Embedding("initializer {}"),
              InvalidWith("embedding_column.initializer: neither"));
  EXPECT_THAT(Only<EmbeddingColumn>("embedding_column {}"),
              InvalidWith("embedding_column.categorical_column.column"));
  EXPECT_THAT(Only<IndicatorColumn>(R"(indicator_column { categorical_column {
                  numeric_column { key: "n" } } })"),
              InvalidWith("indicator_column.categorical_column.numeric_column: "
                          "a categorical column is needed"));
  EXPECT_THAT(Only<SharedEmbeddings>(R"(shared_embeddings {
                  categorical_columns {} })"),
              InvalidWith("shared_embeddings.categorical_columns[0].column"));
  EXPECT_THAT(
      Only<SharedEmbeddings>(R"(shared_embeddings { table { name: "n" } })"),
      InvalidWith("shared_embeddings.table.name"));
  EXPECT_THAT(ColumnsFromProto(Parse<v1::FeatureSpec>(
                  R"(columns { numeric_column { key: "n" } } columns {})")),
              InvalidWith("columns[1].column: missing"));
}

}  // namespace
}  // namespace rowhouse::internal
