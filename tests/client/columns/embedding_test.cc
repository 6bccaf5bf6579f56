#include "client/columns/embedding.h"

#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;

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
  EXPECT_EQ(compiled->combiner, Combiner::kMean);
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
  const auto error = [](std::int64_t dimension, Combiner combiner) {
    return Compile(EmbeddingColumn{.categorical_column = kTen,
                                   .dimension = dimension,
                                   .combiner = combiner})
        .status();
  };
  EXPECT_THAT(error(0, Combiner::kMean), InvalidWith("dimension is 0"));
  EXPECT_THAT(error(-8, Combiner::kMean), InvalidWith("dimension is -8"));
  EXPECT_THAT(error(8193, Combiner::kMean), InvalidWith("dimension is 8193"));
  EXPECT_THAT(error(4, Combiner::kNone), InvalidWith("needs a combiner"));
}

TEST(Embedding, LooksUpOnlyIdsThatAreRows) {
  const std::vector<std::int64_t> indices = {0, 0, 0, 1, 2, 0};
  const std::vector<std::int64_t> values = {-3, 9, 4};
  Features features;
  features.SetSparse("i", indices, values, {3, 2});
  auto compiled =
      Compile(EmbeddingColumn{.categorical_column = kTen, .dimension = 2});
  ASSERT_TRUE(compiled.ok());
  auto ids = Resolve(compiled->outputs[0], Combiner::kSqrtn, compiled->table,
                     features);
  ASSERT_TRUE(ids.ok()) << ids.status();
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
      Resolve(compiled->outputs[0], Combiner::kSum, compiled->table, features)
          .status(),
      InvalidWith("\"i\": id 10 in row 1 is not below num_buckets 10"));
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
      InvalidWith("\"h\" and \"i\" are columns of different kinds"));
  EXPECT_THAT(error({kTen, CategoricalColumnWithIdentity{.key = "j",
                                                         .num_buckets = 9}}),
              InvalidWith("\"j\" has 9 buckets, \"i\" has 10"));
}

}  // namespace
}  // namespace rowhouse::internal
