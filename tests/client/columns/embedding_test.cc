#include "client/columns/embedding.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

const CategoricalColumnWithIdentity kTen{.key = "i", .num_buckets = 10};

TEST(Embedding, DescribesItsTable) {
  auto compiled = Compile(
      EmbeddingColumn{.categorical_column = kTen,
                      .dimension = 16,
                      .table = {.optimizer = AdagradSpec{.learning_rate = 0.5f},
                                .seed = 3,
                                .durability = Durability::kPower}});
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_EQ(compiled->outputs[0].name, "i_embedding");
  EXPECT_EQ(compiled->outputs[0].combiner, Combiner::kMean);
  EXPECT_TRUE(compiled->outputs[0].safe);
  EXPECT_TRUE(compiled->outputs[0].trainable);
  EXPECT_FALSE(compiled->initial_values.has_value());
  const TableSpec expected{
      .name = "i_embedding",
      .dim = 16,
      .rows = 10,
      .seed = 3,
      .initializer = NormalInitializer{.stddev = 0.25f, .truncated = true},
      .optimizer = AdagradSpec{.learning_rate = 0.5f},
      .durability = Durability::kPower};
  EXPECT_EQ(compiled->table, expected);
}

TEST(Embedding, RefusesBadArguments) {
  const auto error = [](std::int64_t dimension,
                        std::optional<std::string> checkpoint = {},
                        std::optional<std::string> tensor = {}) {
    return Compile(EmbeddingColumn{.categorical_column = kTen,
                                   .dimension = dimension,
                                   .ckpt_to_load_from = std::move(checkpoint),
                                   .tensor_name_in_ckpt = std::move(tensor)})
        .status();
  };
  EXPECT_THAT(error(0), InvalidWith("dimension is 0"));
  EXPECT_THAT(error(-8), InvalidWith("dimension is -8"));
  EXPECT_THAT(error(8193), InvalidWith("dimension is 8193"));
  EXPECT_THAT(error(4, "x"), InvalidWith("go together"));
  EXPECT_THAT(error(4, {}, "x"), InvalidWith("go together"));
  EXPECT_TRUE(error(4, "x", "y").ok());
}

// As TensorFlow, which looks at it in the lookup only.
TEST(Embedding, ACombinerThatIsNoneShowsInABatch) {
  auto compiled = Compile(EmbeddingColumn{
      .categorical_column = kTen, .dimension = 4, .combiner = Combiner::kNone});
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  const std::vector<std::int64_t> values = {3};
  Features features;
  features.Set("i", values);
  EXPECT_THAT(Resolve(compiled->outputs[0], compiled->table, features),
              InvalidWith("\"i_embedding\": the combiner is none"));
}

TEST(Embedding, TablesAreNamedAsTensorFlowsVariables) {
  const EmbeddingColumn column{
      .categorical_column =
          CategoricalColumnWithIdentity{.key = "a b:\u00e4c", .num_buckets = 2},
      .dimension = 1};
  const SharedEmbeddings shared{.categorical_columns = {kTen}, .dimension = 1};
  const auto names = [&](TableNaming naming) {
    const PlanOptions options{.table_naming = naming, .layer_name = "layer"};
    return std::pair(Compile(column, options)->table.name,
                     Compile(shared, options)->table.name);
  };
  EXPECT_THAT(names(TableNaming::kColumn),
              Pair("a b:\u00e4c_embedding", "i_shared_embedding"));
  EXPECT_THAT(names(TableNaming::kLayer),
              Pair("layer/a b:\u00e4c_embedding/embedding_weights",
                   "i_shared_embedding"));
  EXPECT_THAT(
      names(TableNaming::kLayerSanitized),
      Pair("layer/a_b__c_embedding/embedding_weights", "i_shared_embedding"));
  EXPECT_THAT(names(TableNaming::kInputLayer),
              Pair("layer/a b:\u00e4c_embedding/embedding_weights",
                   "layer/i_shared_embedding/embedding_weights"));
  EmbeddingColumn named = column;
  named.table_name = "mine";
  EXPECT_EQ(Compile(named, {.table_naming = TableNaming::kLayer})->table.name,
            "mine");
}

TEST(Embedding, HandsItsArgumentsToTheLookup) {
  auto compiled = Compile(EmbeddingColumn{.categorical_column = kTen,
                                          .dimension = 2,
                                          .ckpt_to_load_from = "there",
                                          .tensor_name_in_ckpt = "w",
                                          .max_norm = 3.0f,
                                          .trainable = true,
                                          .use_safe_embedding_lookup = false},
                          {.trainable = false});
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_THAT(compiled->initial_values, Optional(Pair("there", "w")));
  const std::vector<std::int64_t> indices = {0, 0, 0, 1};
  const std::vector<std::int64_t> values = {3, 4};
  Features features;
  features.SetSparse("i", indices, values, {3, 2});
  auto found = Resolve(compiled->outputs[0], compiled->table, features);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->ids.max_norm, 3.0f);
  EXPECT_FALSE(found->ids.trainable);
  EXPECT_FALSE(found->ids.empty_bag_id.has_value());
  // Not safe: rows at the end that are empty are missing.
  EXPECT_THAT(found->shape, ElementsAre(1));
  EXPECT_EQ(found->ids.batch.bags(), 1u);
}

TEST(Embedding, IdsOfRankThreeAreAlwaysLookedUpSafely) {
  auto compiled = Compile(EmbeddingColumn{.categorical_column = kTen,
                                          .dimension = 2,
                                          .use_safe_embedding_lookup = false});
  ASSERT_TRUE(compiled.ok());
  const std::vector<std::int64_t> indices = {0, 0, 0, 0, 1, 1};
  const std::vector<std::int64_t> values = {-3, 4};
  Features features;
  features.SetSparse("i", indices, values, {2, 2, 2});
  auto found = Resolve(compiled->outputs[0], compiled->table, features);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->shape, ElementsAre(2, 2));
  EXPECT_THAT(found->ids.batch.row_splits, ElementsAre(0, 0, 1, 1, 1));
  EXPECT_EQ(found->ids.empty_bag_id, 0u);
}

TEST(Embedding, ASequenceHasLengths) {
  auto compiled = Compile(EmbeddingColumn{
      .categorical_column = SequenceCategoricalColumnWithIdentity(
          {.key = "i", .num_buckets = 10}),
      .dimension = 2});
  ASSERT_TRUE(compiled.ok());
  const std::vector<std::int64_t> indices = {0, 0, 0, 2, 1, 1};
  const std::vector<std::int64_t> values = {3, -1, 4};
  Features features;
  features.SetSparse("i", indices, values, {3, 4});
  auto found = Resolve(compiled->outputs[0], compiled->table, features);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->shape, ElementsAre(3, 4));
  EXPECT_THAT(found->sequence_lengths, ElementsAre(3, 2, 0));
  EXPECT_EQ(found->ids.batch.bags(), 12u);
}

TEST(Embedding, WeightsMustBeFloats) {
  auto compiled = Compile(
      EmbeddingColumn{.categorical_column =
                          WeightedCategoricalColumn{.categorical_column = kTen,
                                                    .weight_feature_key = "w",
                                                    .dtype = DType::kFloat64},
                      .dimension = 2});
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  const std::vector<std::int64_t> values = {3};
  const std::vector<double> weights = {1};
  Features features;
  features.Set("i", values);
  features.Set("w", weights);
  EXPECT_THAT(Resolve(compiled->outputs[0], compiled->table, features),
              InvalidWith("weights of type float64"));
}

TEST(Embedding, LooksUpOnlyIdsThatAreRows) {
  const std::vector<std::int64_t> indices = {0, 0, 0, 1, 2, 0};
  const std::vector<std::int64_t> values = {-3, 9, 4};
  Features features;
  features.SetSparse("i", indices, values, {3, 2});
  auto compiled = Compile(EmbeddingColumn{.categorical_column = kTen,
                                          .dimension = 2,
                                          .combiner = Combiner::kSqrtn});
  ASSERT_TRUE(compiled.ok());
  auto found = Resolve(compiled->outputs[0], compiled->table, features);
  ASSERT_TRUE(found.ok()) << found.status();
  const FeatureIds* ids = &found->ids;
  EXPECT_EQ(ids->table, "i_embedding");
  EXPECT_EQ(ids->dim, 2);
  EXPECT_EQ(ids->combiner, Combiner::kSqrtn);
  EXPECT_THAT(ids->batch.ids, ElementsAre(9, 4));
  EXPECT_THAT(ids->batch.row_splits, ElementsAre(0, 1, 1, 2));
}

TEST(Embedding, NamesTheIdThatIsTooGreat) {
  const std::vector<std::int64_t> values = {3, 10};
  Features features;
  features.Set("i", values);
  auto compiled =
      Compile(EmbeddingColumn{.categorical_column = kTen, .dimension = 2});
  ASSERT_TRUE(compiled.ok());
  EXPECT_THAT(
      Resolve(compiled->outputs[0], compiled->table, features).status(),
      InvalidWith(
          "\"i_embedding\": id 10 in row 1 is not below num_buckets 10"));
}

TEST(SharedEmbeddings, HaveOneTableNamedAfterTheSortedColumns) {
  SharedEmbeddings columns{
      .categorical_columns =
          {CategoricalColumnWithHashBucket{.key = "q", .hash_bucket_size = 7},
           CategoricalColumnWithHashBucket{
               .key = "p", .hash_bucket_size = 7, .dtype = DType::kInt64}},
      .dimension = 4,
      .combiner = Combiner::kSum};
  auto compiled = Compile(columns);
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  ASSERT_EQ(compiled->outputs.size(), 2u);
  EXPECT_EQ(compiled->outputs[0].name, "q_shared_embedding");
  EXPECT_EQ(compiled->outputs[1].name, "p_shared_embedding");
  EXPECT_EQ(compiled->table.name, "p_q_shared_embedding");
  EXPECT_EQ(compiled->table.rows, 7);
  columns.shared_embedding_collection_name = "videos";
  EXPECT_EQ(Compile(columns)->table.name, "videos");
}

TEST(SharedEmbeddings, MayBeWeightedOrSequencesOfOneKind) {
  const WeightedCategoricalColumn weighted{
      .categorical_column = SequenceCategoricalColumnWithIdentity(
          {.key = "s", .num_buckets = 10}),
      .weight_feature_key = "w"};
  auto compiled = Compile(SharedEmbeddings{
      .categorical_columns = {weighted, kTen}, .dimension = 2});
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_EQ(compiled->table.name, "i_s_weighted_by_w_shared_embedding");
  EXPECT_FALSE(compiled->outputs[0].is_sequence);
  EXPECT_THAT(Compile(SharedEmbeddings{
                          .categorical_columns =
                              {kTen, SequenceCategoricalColumnWithHashBucket(
                                         {.key = "s", .hash_bucket_size = 10})},
                          .dimension = 2})
                  .status(),
              InvalidWith("columns of different kinds"));
}

TEST(SharedEmbeddings, RefuseColumnsThatDoNotFit) {
  const auto error = [](std::vector<CategoricalColumn> columns) {
    return Compile(SharedEmbeddings{.categorical_columns = std::move(columns),
                                    .dimension = 2})
        .status();
  };
  EXPECT_THAT(error({}), InvalidWith("no columns"));
  EXPECT_THAT(
      error({kTen, CategoricalColumnWithHashBucket{.key = "h",
                                                   .hash_bucket_size = 10}}),
      InvalidWith("\"i\" and \"h\" are columns of different kinds"));
  EXPECT_THAT(error({kTen, CategoricalColumnWithIdentity{.key = "j",
                                                         .num_buckets = 9}}),
              InvalidWith("\"j\" has 9 buckets, \"i\" has 10"));
}

}  // namespace
}  // namespace rowhouse::internal
