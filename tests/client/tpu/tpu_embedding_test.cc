#include "rowhouse/tpu_embedding.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/client/layers/layer_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<const TableConfig> Table(TableConfig table) {
  return std::make_shared<const TableConfig>(std::move(table));
}

TableConfig Ten(std::string name = "") {
  return {.vocabulary_size = 10, .dim = 2, .name = std::move(name)};
}

using Configs = std::map<std::string, FeatureConfig>;

std::vector<std::string> TableNames(const TpuEmbeddingForServing& embedding) {
  std::vector<std::string> names;
  for (const TableSpec& table : embedding.tables()) names.push_back(table.name);
  return names;
}

TEST(TpuEmbeddingConfiguration, NumbersTablesByFirstUse) {
  const auto shared = Table(Ten());
  const auto named = Table(Ten("named"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto embedding,
      TpuEmbeddingForServing::Create({{"d", {.table = Table(Ten())}},
                                      {"b", {.table = shared}},
                                      {"c", {.table = named}},
                                      {"a", {.table = shared}}}));
  EXPECT_THAT(TableNames(embedding),
              ElementsAre("table_0", "named", "table_2"));
}

TEST(TpuEmbeddingConfiguration, MakesTablesOfConfigs) {
  TableConfig own{.vocabulary_size = 3,
                  .dim = 4,
                  .initializer = ConstantInitializer{2.0f},
                  .optimizer = TpuAdam{},
                  .name = "own",
                  .seed = 7,
                  .nan_policy = NanPolicy::kSkipRow,
                  .durability = Durability::kPower,
                  .placement = Placement::kWhole};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto embedding,
      TpuEmbeddingForServing::Create(
          {{"a", {.table = Table(own)}},
           {"b", {.table = Table({.vocabulary_size = 1, .dim = 16})}}},
          TpuAdagrad{.options = {.clip_weight_min = -1.0f}}));
  const TableSpec expected{.name = "own",
                           .dim = 4,
                           .rows = 3,
                           .seed = 7,
                           .initializer = ConstantInitializer{2.0f},
                           .optimizer = TableRulesOf(TpuAdam{})->optimizer,
                           .nan_policy = NanPolicy::kSkipRow,
                           .durability = Durability::kPower,
                           .placement = Placement::kWhole};
  EXPECT_EQ(embedding.tables()[0], expected);
  const TableSpec& other = embedding.tables()[1];
  EXPECT_EQ(other.initializer,
            InitializerSpec(NormalInitializer{
                .mean = 0.0f, .stddev = 0.25f, .truncated = true}));
  EXPECT_TRUE(std::holds_alternative<AdagradSpec>(other.optimizer));
  EXPECT_EQ(other.update.weight_limits, (ValueLimits{.min = -1.0f}));
}

TEST(TpuEmbeddingConfiguration, WithoutAnOptimizerThereAreNoSlots) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto embedding,
      TpuEmbeddingForServing::Create({{"a", {.table = Table(Ten())}}}));
  EXPECT_EQ(SlotFloats(embedding.tables()[0]), 0u);
}

TEST(TpuEmbeddingConfiguration, RefusesBadTables) {
  const auto error = [](TableConfig table) {
    return TpuEmbeddingForServing::Create(
               {{"a", {.table = Table(std::move(table))}}})
        .status();
  };
  EXPECT_THAT(error({.dim = 2}),
              InvalidWith("table \"table_0\": vocabulary_size is 0"));
  EXPECT_THAT(error({.vocabulary_size = -1, .dim = 2}),
              InvalidWith("vocabulary_size is -1"));
  EXPECT_THAT(error({.vocabulary_size = 3}), InvalidWith("dim is 0"));
  EXPECT_THAT(error({.vocabulary_size = 3, .dim = 8193}),
              InvalidWith("dim is 8193"));
  EXPECT_THAT(
      error({.vocabulary_size = 3, .dim = 2, .combiner = Combiner::kNone}),
      InvalidWith("the combiner is none of"));
  EXPECT_THAT(error({.vocabulary_size = 3,
                     .dim = 2,
                     .quantization_config = QuantizationConfig{1, 0, 1}}),
              InvalidWith("num_buckets is 1"));
  // As in TensorFlow nobody compares lower and upper.
  ROWHOUSE_EXPECT_OK(
      error({.vocabulary_size = 3,
             .dim = 2,
             .quantization_config = QuantizationConfig{2, 1, 0}}));
  EXPECT_THAT(error({.vocabulary_size = 3,
                     .dim = 2,
                     .optimizer = TpuAdam{.beta_1 = 1.0}}),
              InvalidWith("beta_1"));
  EXPECT_THAT(
      error({.vocabulary_size = 3, .dim = 2, .name = std::string(257, 'x')}),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TpuEmbeddingConfiguration, RefusesBadFeatures) {
  const auto error = [](FeatureConfig feature) {
    return TpuEmbeddingForServing::Create({{"a", std::move(feature)}}).status();
  };
  EXPECT_THAT(error({}), InvalidWith("feature \"a\": no table"));
  EXPECT_THAT(error({.name = "said"}), InvalidWith("feature \"said\""));
  EXPECT_THAT(error({.table = Table(Ten()), .max_sequence_length = -1}),
              InvalidWith("max_sequence_length is -1"));
  FeatureConfig shaped{.table = Table(Ten())};
  shaped.output_shape = {2, -2};
  EXPECT_THAT(error(shaped), InvalidWith("output_shape has the size -2"));
  shaped.output_shape = {2, std::nullopt};
  ROWHOUSE_EXPECT_OK(error(shaped));
}

TEST(TpuEmbeddingConfiguration, RefusesTwoTablesOfOneName) {
  EXPECT_THAT(
      TpuEmbeddingForServing::Create({{"a", {.table = Table(Ten("t"))}},
                                      {"b", {.table = Table(Ten("t"))}}}),
      InvalidWith("table \"t\": two tables have that name"));
  // Also where one has it by its number.
  EXPECT_THAT(
      TpuEmbeddingForServing::Create({{"a", {.table = Table(Ten("table_1"))}},
                                      {"b", {.table = Table(Ten())}}}),
      InvalidWith("table \"table_1\": two tables"));
}

// Rows (0, 0), (1, 10), (2, 20), ... in each table.
class TpuEmbeddingTest : public LayerTest {
 protected:
  TpuEmbeddingForServing Embedding(const Configs& configs,
                                   std::optional<TpuOptimizer> optimizer = {}) {
    auto embedding = TpuEmbeddingForServing::Create(configs, optimizer);
    EXPECT_TRUE(embedding.ok()) << embedding.status();
    ROWHOUSE_EXPECT_OK(embedding->CreateTables(*client_));
    for (const TableSpec& table : embedding->tables()) {
      ROWHOUSE_EXPECT_OK(FillTable(table.name));
    }
    return *std::move(embedding);
  }
};

TEST_F(TpuEmbeddingTest, LooksUpEveryFeature) {
  const auto table = Table(Ten("t"));
  const auto embedding =
      Embedding({{"dense", {.table = table}},
                 {"mean", {.table = table}},
                 {"words", {.table = table, .max_sequence_length = 2}}});
  const std::vector<std::int64_t> ids = {1, 2, 4};
  const std::vector<std::int64_t> splits = {0, 2, 3};
  const std::vector<float> weights = {1, 3, 5};
  Features features;
  features.Set("dense", ids, {3, 1});
  features.SetRagged("mean", {splits}, ids);
  features.SetRagged("words", {splits}, ids);
  Features weight_features;
  weight_features.SetRagged("mean", {splits}, weights);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto out, embedding.Lookup(*client_, features, &weight_features));
  ASSERT_EQ(out.activations.size(), 3u);
  const DenseTensor& dense = out.activations.at("dense");
  EXPECT_THAT(dense.shape, ElementsAre(3, 1, 2));
  EXPECT_THAT(dense.values, ElementsAre(1, 10, 2, 20, 4, 40));
  const DenseTensor& mean = out.activations.at("mean");
  EXPECT_THAT(mean.shape, ElementsAre(2, 2));
  EXPECT_THAT(mean.values, ElementsAre(1.75f, 17.5f, 4, 40));
  const DenseTensor& words = out.activations.at("words");
  EXPECT_THAT(words.shape, ElementsAre(2, 2, 2));
  EXPECT_THAT(words.values, ElementsAre(1, 10, 2, 20, 4, 40, 0, 0));
}

TEST_F(TpuEmbeddingTest, TakesAnEmptyBatch) {
  const auto embedding = Embedding({{"f", {.table = Table(Ten("t"))}}});
  const std::vector<std::int64_t> none;
  const std::vector<std::int64_t> splits = {0};
  Features ragged;
  ragged.SetRagged("f", {splits}, none);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto out,
                                embedding.Lookup(*client_, ragged));
  EXPECT_THAT(out.activations.at("f").shape, ElementsAre(0, 2));
  Features dense;
  dense.Set("f", none, {0});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto other,
                                embedding.Lookup(*client_, dense));
  EXPECT_THAT(other.activations.at("f").shape, ElementsAre(0, 2));
}

TEST_F(TpuEmbeddingTest, WantsTheKeysOfTheConfiguration) {
  const auto embedding = Embedding({{"f", {.table = Table(Ten("t"))}}});
  const std::vector<std::int64_t> ids = {1};
  Features other;
  other.Set("g", ids);
  EXPECT_THAT(embedding.Lookup(*client_, other).status(),
              InvalidWith("feature \"f\": absent"));
  Features more;
  more.Set("f", ids);
  ROWHOUSE_EXPECT_OK(embedding.Lookup(*client_, more).status());
  EXPECT_THAT(embedding.Lookup(*client_, more, &other).status(),
              InvalidWith("feature \"g\": not in the configuration"));
  more.Set("g", ids);
  EXPECT_THAT(embedding.Lookup(*client_, more).status(),
              InvalidWith("feature \"g\": not in the configuration"));
}

// Both features move row 1, by the sum of what they say; positions lead back to
// their rows.
TEST_F(TpuEmbeddingTest, GradientsOfAllFeaturesAreOneStep) {
  const auto table = Table(Ten("t"));
  const auto embedding =
      Embedding({{"a", {.table = table}},
                 {"b", {.table = table, .max_sequence_length = 2}}},
                TpuSgd{.learning_rate = 1.0f});
  const std::vector<std::int64_t> ids = {1, 3};
  const std::vector<std::int64_t> splits = {0, 2};
  Features features;
  features.Set("a", ids);
  features.SetRagged("b", {splits}, ids);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, embedding.Lookup(*client_, features));
  const std::vector<float> a = {0.5f, 0, 0, 0};
  const std::vector<float> b = {0.25f, 0, 0, 8};
  ROWHOUSE_ASSERT_OK(embedding.Backward(*client_, std::move(out.ticket),
                                        {{"a", a}, {"b", b}}));
  EXPECT_THAT(Row("t", 1), ElementsAre(0.25f, 10));
  EXPECT_THAT(Row("t", 3), ElementsAre(3, 22));
}

TEST_F(TpuEmbeddingTest, AFeatureWithoutAGradientRests) {
  const auto embedding = Embedding(
      {{"a", {.table = Table(Ten("s"))}}, {"b", {.table = Table(Ten("t"))}}},
      TpuSgd{.learning_rate = 1.0f});
  const std::vector<std::int64_t> ids = {1};
  Features features;
  features.Set("a", ids);
  features.Set("b", ids);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, embedding.Lookup(*client_, features));
  const std::vector<float> one = {1, 1};
  EXPECT_THAT(
      embedding.Backward(*client_, Ticket(), {{"c", one}}).status(),
      InvalidWith("feature \"c\": a gradient, but not in the configuration"));
  ROWHOUSE_ASSERT_OK(
      embedding.Backward(*client_, std::move(out.ticket), {{"b", one}}));
  EXPECT_THAT(Row("s", 1), ElementsAre(1, 10));
  EXPECT_THAT(Row("t", 1), ElementsAre(0, 9));
}

// One function for every table that has no rate of its own, asked at each push.
TEST_F(TpuEmbeddingTest, ARateThatIsAFunctionIsAskedAtEachPush) {
  auto rate = std::make_shared<float>(0.5f);
  const auto embedding =
      Embedding({{"f", {.table = Table(Ten("t"))}}},
                TpuSgd{.learning_rate =
                           std::function<float()>([rate] { return *rate; })});
  const std::vector<std::int64_t> ids = {1};
  const std::vector<float> one = {1, 2};
  Features features;
  features.Set("f", ids);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, embedding.Lookup(*client_, features));
  ROWHOUSE_ASSERT_OK(
      embedding.Backward(*client_, std::move(out.ticket), {{"f", one}}));
  EXPECT_THAT(Row("t", 1), ElementsAre(0.5f, 9));
  *rate = 0.25f;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(out, embedding.Lookup(*client_, features));
  ROWHOUSE_ASSERT_OK(embedding.Backward(*client_, std::move(out.ticket),
                                        {{"f", one}}, {.step = 1}));
  EXPECT_THAT(Row("t", 1), ElementsAre(0.25f, 8.5f));
}

}  // namespace
}  // namespace rowhouse
