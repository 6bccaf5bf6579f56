#include "client/layers/layer_columns.h"

#include <utility>

#include "tests/client/layers/layer_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class LayerColumnsTest : public LayerTest {};

const CategoricalColumnWithIdentity kB{.key = "b", .num_buckets = 10};

TEST_F(LayerColumnsTest, StandInTheOrderOfTheirNames) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto layer,
      LayerColumns::Create({NumericColumn{.key = "z", .shape = {3}}, Column(kB),
                            NumericColumn{.key = "Z"},
                            IndicatorColumn{.categorical_column = kB}},
                           {}));
  EXPECT_THAT(layer->names(),
              ElementsAre("Z", "b_embedding", "b_indicator", "z"));
  EXPECT_THAT(layer->widths(), ElementsAre(1, 2, 10, 3));
  EXPECT_EQ(layer->width(), 16u);
}

TEST_F(LayerColumnsTest, RefuseWhatIsNoLayer) {
  EXPECT_THAT(LayerColumns::Create({}, {}), InvalidWith("got none"));
  EmbeddingColumn other = Column(kB);
  other.table_name = "another table";
  EXPECT_THAT(LayerColumns::Create({Column(kB), other}, {}),
              InvalidWith("two columns are named \"b_embedding\""));
}

TEST_F(LayerColumnsTest, PutPartsSideBySide) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto layer,
      LayerColumns::Create({NumericColumn{.key = "z"}, Column(kB)}, {}));
  const std::vector<float> z = {7, 8};
  const std::vector<std::int64_t> b = {3, 4};
  Features features;
  features.Set("z", z);
  features.Set("b", b);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto batch,
                                layer->Resolve(features, false));
  ASSERT_THAT(batch.parts, SizeIs(2));
  EXPECT_THAT(batch.parts[0].shape, ElementsAre(2, 2));
  EXPECT_TRUE(batch.parts[0].is_lookup);
  EXPECT_THAT(batch.parts[1].shape, ElementsAre(2, 1));
  ASSERT_THAT(batch.lookups, SizeIs(1));
  EXPECT_THAT(batch.lookups[0].batch.ids, ElementsAre(3, 4));
  EXPECT_THAT(layer->Concatenate(2, batch.parts, {{2, 2, {1, 2, 3, 4}}}),
              ElementsAre(1, 2, 7, 3, 4, 8));
}

TEST_F(LayerColumnsTest, KnowSequencesFromOthers) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto plain,
                                LayerColumns::Create({Column(kB)}, {}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto sequence,
      LayerColumns::Create(
          {IndicatorColumn{.categorical_column =
                               SequenceCategoricalColumnWithIdentity(kB)}},
          {}));
  const std::vector<std::int64_t> b = {3, 4};
  Features features;
  features.Set("b", b);
  ROWHOUSE_EXPECT_OK(plain->Resolve(features, false));
  EXPECT_THAT(plain->Resolve(features, true),
              InvalidWith("\"b_embedding\" is no sequence"));
  EXPECT_THAT(sequence->Resolve(features, false),
              InvalidWith("\"b_indicator\" is a sequence"));
}

TEST_F(LayerColumnsTest, AGradientIsAWholeNumberOfRows) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto layer,
                                LayerColumns::Create({Column(kB)}, {}));
  const std::vector<float> upstream(3);
  EXPECT_THAT(layer->Push(*client_, Ticket(), upstream, {}),
              InvalidWith("3 gradient values are no rows of 2"));
  EXPECT_THAT(layer->PushAsync(*client_, Ticket(), upstream, {}),
              InvalidWith("3 gradient values are no rows of 2"));
}

TEST_F(LayerColumnsTest, AskTpuColumnsForTheirRates) {
  const TpuEmbeddingColumn b{
      .categorical_column = kB,
      .dimension = 2,
      .learning_rate_fn = [](std::uint64_t step) { return 0.5f / (1 + step); },
      .table_name = "b"};
  const TpuSharedEmbeddingColumns shared{
      .categorical_columns = {kB},
      .dimension = 2,
      .shared_embedding_collection_name = "shared",
      .learning_rate_fn = [](std::uint64_t) { return 2.0f; }};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto layer,
                                LayerColumns::Create({b, shared}, {}));
  const PushOptions asked = layer->WithLearningRates(
      {.step = 3, .learning_rates = {{"shared", 7.0f}}});
  EXPECT_EQ(asked.step, 3u);
  EXPECT_THAT(asked.learning_rates,
              UnorderedElementsAre(Pair("b", 0.125f), Pair("shared", 7.0f)));
}

}  // namespace
}  // namespace rowhouse::internal
