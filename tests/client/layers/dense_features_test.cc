#include "rowhouse/dense_features.h"

#include <cmath>
#include <utility>

#include "tests/client/layers/layer_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

const CategoricalColumnWithIdentity kA{.key = "a", .num_buckets = 10};

class DenseFeaturesTest : public LayerTest {
 protected:
  // A layer whose one table is filled.
  DenseFeatures Layer(std::vector<PlanColumn> columns) {
    auto layer = DenseFeatures::Create(std::move(columns));
    EXPECT_TRUE(layer.ok()) << layer.status();
    ROWHOUSE_EXPECT_OK(layer->CreateTables(*client_));
    for (const TableSpec& table : layer->plan().tables()) {
      ROWHOUSE_EXPECT_OK(FillTable(table.name));
    }
    return *std::move(layer);
  }
  const std::string table_ = "dense_features/a_embedding/embedding_weights";
};

// Rows (1, 10), (2, 20), ...: batch rows {1, 2} and {}.
TEST_F(DenseFeaturesTest, ForwardAndBackward) {
  const DenseFeatures layer = Layer({NumericColumn{.key = "x"}, Column(kA)});
  EXPECT_THAT(layer.column_names(), ElementsAre("a_embedding", "x"));
  EXPECT_THAT(layer.widths(), ElementsAre(2, 1));
  EXPECT_EQ(layer.width(), 3u);
  const std::vector<std::int64_t> a = {1, 2, -1, -1};
  const std::vector<double> x = {5, 6};
  Features features;
  features.Set("a", a, {2, 2});
  features.Set("x", x);
  DenseFeatures::ColumnTensors tensors;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out,
                                layer.Forward(*client_, features, &tensors));
  EXPECT_EQ(out.rows, 2u);
  EXPECT_EQ(out.width, 3u);
  EXPECT_THAT(out.values, ElementsAre(3, 30, 5, 0, 0, 6));
  EXPECT_THAT(tensors, UnorderedElementsAre(
                           Pair("a_embedding", ElementsAre(3, 30, 0, 0)),
                           Pair("x", ElementsAre(5, 6))));
  const std::vector<float> upstream = {.5f, .25f, 9, 9, 9, 9};
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), upstream));
  EXPECT_THAT(Row(table_, 1), ElementsAre(.5f, 9.75f));
  EXPECT_THAT(Row(table_, 2), ElementsAre(1.5f, 19.75f));
  // The empty row names id 0, with the gradient 0.
  EXPECT_THAT(Row(table_, 0), ElementsAre(0, 0));
}

// The rate of the step comes from the column, not from its table.
TEST_F(DenseFeaturesTest, BackwardAtTheRateOfATpuColumn) {
  const DenseFeatures layer = Layer({TpuEmbeddingColumn{
      .categorical_column = kA,
      .dimension = 2,
      .learning_rate_fn = [](std::uint64_t step) { return 0.25f * step; },
      .table = {.optimizer = SgdSpec{.learning_rate = 100.0f}}}});
  const std::vector<std::int64_t> a = {1};
  Features features;
  features.Set("a", a);
  const std::vector<float> upstream = {2, 4};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  ROWHOUSE_ASSERT_OK(
      layer.Backward(*client_, std::move(out.ticket), upstream, {.step = 2}));
  EXPECT_THAT(Row(table_, 1), ElementsAre(0, 8));
  // A rate of the push comes first.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(out, layer.Forward(*client_, features));
  ROWHOUSE_ASSERT_OK(
      layer.Backward(*client_, std::move(out.ticket), upstream,
                     {.step = 3, .learning_rates = {{table_, 1.0f}}}));
  EXPECT_THAT(Row(table_, 1), ElementsAre(-2, 4));
}

TEST_F(DenseFeaturesTest, BackwardWithoutWaiting) {
  const DenseFeatures layer = Layer({Column(kA)});
  const std::vector<std::int64_t> a = {1};
  Features features;
  features.Set("a", a);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  ROWHOUSE_ASSERT_OK(layer.BackwardAsync(*client_, std::move(out.ticket),
                                         std::vector<float>{1, 1}));
  ROWHOUSE_ASSERT_OK(client_->Flush());
  EXPECT_THAT(Row(table_, 1), ElementsAre(0, 9));
}

TEST_F(DenseFeaturesTest, AFrozenLayerLearnsNothing) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const DenseFeatures layer,
      DenseFeatures::Create({Column(kA)}, {.trainable = false}));
  ROWHOUSE_ASSERT_OK(layer.CreateTables(*client_));
  ROWHOUSE_ASSERT_OK(FillTable(table_));
  const std::vector<std::int64_t> a = {1, -1};
  Features features;
  features.Set("a", a);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket),
                                    std::vector<float>{1, 1, 1, 1}));
  EXPECT_THAT(Row(table_, 1), ElementsAre(1, 10));
}

// Row 3 is (3, 30); clipped to its norm / 2 the part of a gradient that points
// along it is lost, the rest is halved.
TEST_F(DenseFeaturesTest, MaxNormBothWays) {
  EmbeddingColumn column = Column(kA);
  column.max_norm = std::sqrt(909.0f) / 2;
  const DenseFeatures layer = Layer({column});
  const std::vector<std::int64_t> a = {3, 3, 3, -1};
  Features features;
  features.Set("a", a, {2, 2});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  EXPECT_THAT(out.values, ElementsAre(::testing::FloatNear(3, 1e-5f),
                                      ::testing::FloatNear(30, 1e-5f),
                                      ::testing::FloatNear(1.5f, 1e-5f),
                                      ::testing::FloatNear(15, 1e-5f)));
  // Along the row in the first batch row, across it in the second.
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket),
                                    std::vector<float>{1, 10, 10, -1}));
  const std::vector<float> row = Row(table_, 3);
  EXPECT_NEAR(row[0], 3 - 5, 1e-4f);
  EXPECT_NEAR(row[1], 30 + 0.5f, 1e-4f);
}

TEST_F(DenseFeaturesTest, TablesThatClipGetTheirGradientsClipped) {
  EmbeddingColumn column = Column(kA);
  column.table.update.clipping.clipvalue = 0.25f;
  const DenseFeatures layer = Layer({column});
  const std::vector<std::int64_t> a = {1, 1, 2, -1};
  Features features;
  features.Set("a", a, {2, 2});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket),
                                    std::vector<float>{.2f, -9, .125f, 1}));
  EXPECT_THAT(Row(table_, 1), ElementsAre(.75f, 10.25f));
  EXPECT_THAT(Row(table_, 2), ElementsAre(1.875f, 19.75f));
}

TEST_F(DenseFeaturesTest, RefusesColumnsThatAreNotDense) {
  EXPECT_THAT(DenseFeatures::Create({}), InvalidWith("got none"));
  EXPECT_THAT(DenseFeatures::Create({kA}), InvalidWith("is categorical"));
  EXPECT_THAT(DenseFeatures::Create({SequenceNumericColumn{.key = "s"}}),
              InvalidWith("\"s\" is a sequence of numbers"));
}

TEST_F(DenseFeaturesTest, RefusesBatchesThatDoNotFit) {
  const DenseFeatures layer =
      Layer({NumericColumn{.key = "x", .shape = {2}}, Column(kA)});
  const std::vector<std::int64_t> a = {1, 2, 3, 4};
  const std::vector<float> x = {1, 2, 3, 4};
  Features features;
  features.Set("a", a);
  features.Set("x", x, {2, 2});
  EXPECT_THAT(layer.Forward(*client_, features),
              InvalidWith("4 rows in \"a_embedding\", 2 in \"x\""));
  features.Set("x", x);
  EXPECT_THAT(layer.Forward(*client_, features),
              InvalidWith("\"x\": output [4, 1] does not fit [4, 2]"));
  features.Set("x", x, {2, 2});
  features.Set("a", a, {2, 2, 1});
  EXPECT_THAT(
      layer.Forward(*client_, features),
      InvalidWith("\"a_embedding\": output [2, 2, 2] does not fit [2, 2]"));
}

TEST_F(DenseFeaturesTest, ABatchWithoutRows) {
  const DenseFeatures layer = Layer({Column(kA)});
  Features features;
  features.Set("a", absl::Span<const std::int64_t>());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  EXPECT_EQ(out.rows, 0u);
  ROWHOUSE_EXPECT_OK(layer.Backward(*client_, std::move(out.ticket), {}));
}

}  // namespace
}  // namespace rowhouse
