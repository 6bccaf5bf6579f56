#include "client/columns/tpu_columns.h"

#include <string>
#include <utility>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;

const CategoricalColumnWithIdentity kFive{.key = "i", .num_buckets = 5};
const SequenceCategoricalColumn kWords =
    SequenceCategoricalColumnWithIdentity({.key = "w", .num_buckets = 5});
const WeightedCategoricalColumn kWeighted{.categorical_column = kFive,
                                          .weight_feature_key = "wt"};

TEST(EmbeddingDevice, HasTensorFlowsNames) {
  EXPECT_EQ(ParseEmbeddingDevice("cpu"), EmbeddingDevice::kCpu);
  EXPECT_EQ(ParseEmbeddingDevice("tpu_tensor_core"),
            EmbeddingDevice::kTpuTensorCore);
  EXPECT_EQ(ParseEmbeddingDevice("tpu_embedding_core"),
            EmbeddingDevice::kTpuEmbeddingCore);
  EXPECT_EQ(ParseEmbeddingDevice("CPU"), std::nullopt);
  EXPECT_EQ(ParseEmbeddingDevice(""), std::nullopt);
}

TEST(DescribeTpuColumn, SaysKeysTableAndSequence) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const TpuColumnDescription plain,
      DescribeTpuColumn({.categorical_column = kFive, .dimension = 3}));
  EXPECT_EQ(plain.name, "i_embedding");
  EXPECT_EQ(plain.feature_key, "i");
  EXPECT_EQ(plain.weight_key, std::nullopt);
  EXPECT_EQ(plain.table_name, "i");
  EXPECT_EQ(plain.vocabulary_size, 5u);
  EXPECT_EQ(plain.dimension, 3u);
  EXPECT_EQ(plain.combiner, Combiner::kMean);
  EXPECT_FALSE(plain.is_sequence);
  EXPECT_EQ(plain.max_sequence_length, 0);
  EXPECT_EQ(plain.sequence_length_key, "i_seq_length_");
  EXPECT_FALSE(plain.learning_rate_fn);

  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const TpuColumnDescription weighted,
      DescribeTpuColumn({.categorical_column = kWeighted, .dimension = 3}));
  EXPECT_EQ(weighted.name, "i_weighted_by_wt_embedding");
  EXPECT_EQ(weighted.feature_key, "i");
  EXPECT_EQ(weighted.weight_key, "wt");
  EXPECT_EQ(weighted.table_name, "i_weighted_by_wt");
  EXPECT_EQ(weighted.sequence_length_key, "i_seq_length_");

  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const TpuColumnDescription words,
      DescribeTpuColumn(
          {.categorical_column = kWords,
           .dimension = 3,
           .max_sequence_length = 7,
           .learning_rate_fn = [](std::uint64_t) { return 1.0f; }}));
  EXPECT_TRUE(words.is_sequence);
  EXPECT_EQ(words.max_sequence_length, 7);
  EXPECT_TRUE(words.learning_rate_fn);
}

// The table's name sorts the columns, the list does not.
TEST(DescribeTpuColumns, KeepTheirOrder) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto columns,
      DescribeTpuColumns({.categorical_columns = {kWords, kFive},
                          .dimension = 2,
                          .max_sequence_lengths = {4, 0}}));
  ASSERT_EQ(columns.size(), 2u);
  EXPECT_EQ(columns[0].name, "w_shared_embedding");
  EXPECT_EQ(columns[0].max_sequence_length, 4);
  EXPECT_TRUE(columns[0].is_sequence);
  EXPECT_EQ(columns[1].name, "i_shared_embedding");
  EXPECT_EQ(columns[1].max_sequence_length, 0);
  EXPECT_EQ(columns[0].table_name, "i_w_shared_embedding");
  EXPECT_EQ(columns[1].table_name, "i_w_shared_embedding");

  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto named,
      DescribeTpuColumns({.categorical_columns = {kFive},
                          .dimension = 2,
                          .shared_embedding_collection_name = "mine"}));
  EXPECT_EQ(named[0].table_name, "mine");
}

TEST(TpuColumns, RefuseBadArguments) {
  const auto error = [](TpuEmbeddingColumn column) {
    return DescribeTpuColumn(std::move(column)).status();
  };
  EXPECT_THAT(error({.categorical_column = kFive}),
              InvalidWith("dimension is 0"));
  EXPECT_THAT(error({.categorical_column = kFive, .dimension = -1}),
              InvalidWith("dimension is -1"));
  EXPECT_THAT(error({.categorical_column = kWeighted,
                     .dimension = 2,
                     .max_sequence_length = 1}),
              InvalidWith("is 1, but the column is no sequence"));
  EXPECT_THAT(error({.categorical_column = kFive,
                     .dimension = 2,
                     .max_sequence_length = -1}),
              InvalidWith("is -1, but the column is no sequence"));
  EXPECT_THAT(error({.categorical_column = kWords, .dimension = 2}),
              InvalidWith("is 0, a sequence needs 1 or more"));
  // Weights hide a sequence.
  EXPECT_THAT(error({.categorical_column =
                         WeightedCategoricalColumn{.categorical_column = kWords,
                                                   .weight_feature_key = "wt"},
                     .dimension = 2,
                     .max_sequence_length = 3}),
              InvalidWith("the column is no sequence"));
  EXPECT_THAT(error({.categorical_column = WeightedCategoricalColumn{},
                     .dimension = 2}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TpuColumns, CheckDeviceAndShape) {
  const auto status = [](CategoricalColumn categorical, EmbeddingDevice device,
                         std::vector<std::int64_t> shape) {
    return DescribeTpuColumns({.categorical_columns = {std::move(categorical)},
                               .dimension = 2,
                               .embedding_lookup_device = device,
                               .tensor_core_shape = std::move(shape)})
        .status();
  };
  const EmbeddingDevice core = EmbeddingDevice::kTpuTensorCore;
  ROWHOUSE_EXPECT_OK(status(kFive, core, {kUnknownSize, 3}));
  ROWHOUSE_EXPECT_OK(status(kFive, EmbeddingDevice::kCpu, {}));
  ROWHOUSE_EXPECT_OK(status(kFive, EmbeddingDevice::kTpuEmbeddingCore, {2, 3}));
  EXPECT_THAT(status(kFive, core, {}),
              InvalidWith("needs a tensor_core_shape"));
  EXPECT_THAT(status(kFive, core, {2}), InvalidWith("has 1 sizes"));
  EXPECT_THAT(status(kFive, EmbeddingDevice::kCpu, {2, 3, 4}),
              InvalidWith("has 3 sizes"));
  EXPECT_THAT(DescribeTpuColumn({.categorical_column = kWords,
                                 .dimension = 2,
                                 .max_sequence_length = 2,
                                 .embedding_lookup_device = core,
                                 .tensor_core_shape = {2, 3}}),
              InvalidWith("takes no sequences"));
}

// Kinds may differ, unlike those of SharedEmbeddings.
TEST(TpuSharedColumns, CompareBucketsOnly) {
  const CategoricalColumnWithHashBucket hashed{.key = "h",
                                               .hash_bucket_size = 5};
  ROWHOUSE_EXPECT_OK(Compile(TpuSharedEmbeddingColumns{
      .categorical_columns = {kFive, hashed, kWeighted}, .dimension = 2}));
  EXPECT_THAT(
      Compile(TpuSharedEmbeddingColumns{
          .categorical_columns = {kFive,
                                  CategoricalColumnWithHashBucket{
                                      .key = "h", .hash_bucket_size = 6}},
          .dimension = 2}),
      InvalidWith("\"i\" has 5 buckets"));
}

TEST(TpuSharedColumns, WantALengthForEachColumnOrNone) {
  const auto status = [](std::vector<std::int64_t> lengths) {
    return Compile(TpuSharedEmbeddingColumns{
                       .categorical_columns = {kWords, kFive},
                       .dimension = 2,
                       .max_sequence_lengths = std::move(lengths)})
        .status();
  };
  ROWHOUSE_EXPECT_OK(status({2, 0}));
  EXPECT_THAT(status({}), InvalidWith("\"w\": max_sequence_length is 0"));
  EXPECT_THAT(status({2}), InvalidWith("1 max_sequence_lengths for 2 columns"));
  EXPECT_THAT(status({2, 0, 0}), InvalidWith("3 max_sequence_lengths"));
  EXPECT_THAT(status({0, 2}), InvalidWith("\"w\": max_sequence_length is 0"));
  EXPECT_THAT(Compile(TpuSharedEmbeddingColumns{.dimension = 2}),
              InvalidWith("no columns"));
}

TEST(TpuColumns, AreOrdinaryColumnsOnACpu) {
  const TpuEmbeddingColumn column{
      .categorical_column = kWords,
      .dimension = 16,
      .combiner = Combiner::kSum,
      .max_sequence_length = 2,
      .embedding_lookup_device = EmbeddingDevice::kTpuEmbeddingCore,
      .use_safe_embedding_lookup = false,
      .table = {.optimizer = AdagradSpec{}, .seed = 3}};
  const PlanOptions options{.table_naming = TableNaming::kLayer,
                            .layer_name = "layer"};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto compiled, Compile(column, options));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto ordinary,
      Compile(EmbeddingColumn{.categorical_column = kWords,
                              .dimension = 16,
                              .combiner = Combiner::kSum,
                              .use_safe_embedding_lookup = false,
                              .table = {.optimizer = AdagradSpec{}, .seed = 3}},
              options));
  EXPECT_EQ(compiled.table, ordinary.table);
  EXPECT_EQ(compiled.table.name, "layer/w_embedding/embedding_weights");
  // Four positions, whatever a TPU has room for.
  const std::vector<std::int64_t> words = {1, 2, 3, 4};
  Features features;
  features.Set("w", words, {1, 4});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto resolved,
      Resolve(compiled.outputs[0], compiled.table, features));
  EXPECT_THAT(resolved.shape, ElementsAre(1, 4));
  EXPECT_THAT(resolved.sequence_lengths, ElementsAre(4));
}

TEST(TpuColumns, OfTheCpuDeviceAreRefusedWhenUsed) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto compiled,
      Compile(TpuEmbeddingColumn{
          .categorical_column = kFive,
          .dimension = 2,
          .embedding_lookup_device = EmbeddingDevice::kCpu}));
  const std::vector<std::int64_t> ids = {1};
  Features features;
  features.Set("i", ids);
  EXPECT_THAT(Resolve(compiled.outputs[0], compiled.table, features),
              InvalidWith("\"i_embedding\": embedding_lookup_device cpu"));
}

TEST(TpuSharedColumns, AreNotForInputLayer) {
  const TpuSharedEmbeddingColumns columns{.categorical_columns = {kFive},
                                          .dimension = 2};
  const std::vector<std::int64_t> ids = {1};
  Features features;
  features.Set("i", ids);
  const auto resolve = [&](TableNaming naming) {
    const auto compiled = Compile(columns, {.table_naming = naming});
    EXPECT_TRUE(compiled.ok()) << compiled.status();
    return Resolve(compiled->outputs[0], compiled->table, features).status();
  };
  ROWHOUSE_EXPECT_OK(resolve(TableNaming::kLayer));
  EXPECT_THAT(resolve(TableNaming::kInputLayer),
              InvalidWith("input_layer takes no shared TPU columns"));
}

}  // namespace
}  // namespace rowhouse::internal
