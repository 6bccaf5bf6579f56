#include "rowhouse/keras_embedding.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/client/keras/keras_testing.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::keras {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::IsEmpty;

constexpr std::nullopt_t kUnknown = std::nullopt;

// A table of five rows of two: row i is (i, 10 i). A step with the rate 1
// subtracts the gradient.
class EmbeddingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client client,
        Client::Connect(absl::StrCat("embedded:", dir_.File("data"))));
    client_ = std::make_unique<Client>(std::move(client));
  }

  static EmbeddingArguments FiveRows() {
    return {.input_dim = 5, .output_dim = 2};
  }
  static TableOptions Subtracting() {
    return {.optimizer = SgdSpec{.learning_rate = 1.0f}};
  }

  Embedding Layer(EmbeddingArguments arguments,
                  TableOptions options = Subtracting()) {
    auto layer = Embedding::Make(std::move(arguments));
    EXPECT_TRUE(layer.ok()) << layer.status();
    ROWHOUSE_EXPECT_OK(layer->CreateTable(*client_, options));
    const std::vector<Id> ids = {0, 1, 2, 3, 4};
    ROWHOUSE_EXPECT_OK(client_->WriteRows(
        layer->table_name(), ids, {0, 0, 1, 10, 2, 20, 3, 30, 4, 40}, {}));
    return *std::move(layer);
  }

  std::vector<float> TableNow() {
    const auto rows =
        client_->ReadRows("embedding/embeddings", {0, 1, 2, 3, 4});
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->weights : std::vector<float>{};
  }

  TempDir dir_;
  std::unique_ptr<Client> client_;
};

TEST_F(EmbeddingTest, ForwardAndBackward) {
  const Embedding layer = Layer(FiveRows());
  const std::vector<std::int32_t> ids = {3, 1, 3, 0};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      EmbeddingOutput out,
      layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {2, 2})));
  EXPECT_EQ(out.layout, Features::Layout::kDense);
  EXPECT_THAT(out.shape, ElementsAre(2, 2, 2));
  EXPECT_THAT(out.values, ElementsAre(3, 30, 1, 10, 3, 30, 0, 0));
  EXPECT_EQ(out.mask, kUnknown);
  EXPECT_EQ(out.activity_loss, 0);
  EXPECT_TRUE(layer.gradient_is_rows());
  const std::vector<float> upstream = {1, 2, 3, 4, 5, 6, 7, 8};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingGradient gradient,
                                layer.Gradient(out.ticket, upstream));
  EXPECT_THAT(gradient.ids, ElementsAre(3, 1, 3, 0));
  EXPECT_EQ(gradient.values, upstream);
  EXPECT_THAT(layer.Backward(*client_, std::move(out.ticket), {}),
              InvalidWith("0 gradient values for an output of 8"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      out, layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {2, 2})));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), upstream));
  EXPECT_THAT(TableNow(),
              ElementsAre(-7, -8, -2, 6, 2, 20, 3 - 6, 30 - 8, 4, 40));
}

TEST_F(EmbeddingTest, BackwardWithoutWaiting) {
  const Embedding layer = Layer(FiveRows());
  const std::vector<std::int64_t> ids = {4};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      EmbeddingOutput out,
      layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {1})));
  ROWHOUSE_ASSERT_OK(
      layer.BackwardAsync(*client_, std::move(out.ticket), {1, 1}));
  ROWHOUSE_ASSERT_OK(client_->Flush());
  EXPECT_THAT(TableNow(), ElementsAre(0, 0, 1, 10, 2, 20, 3, 30, 3, 39));
}

TEST_F(EmbeddingTest, ScalarsAndNothing) {
  const Embedding layer = Layer(FiveRows());
  const std::vector<std::int64_t> ids = {2};
  const auto all = absl::MakeConstSpan(ids);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(EmbeddingOutput out,
                                layer.Forward(*client_, Dense(all, {})));
  EXPECT_THAT(out.shape, ElementsAre(2));
  EXPECT_THAT(out.values, ElementsAre(2, 20));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      out, layer.Forward(*client_, Dense(all.first(0), {3, 0})));
  EXPECT_THAT(out.shape, ElementsAre(3, 0, 2));
  EXPECT_THAT(out.values, IsEmpty());
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), {}));
}

TEST_F(EmbeddingTest, RaggedStaysRagged) {
  auto arguments = FiveRows();
  arguments.mask_zero = true;
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {3, 0, 1}, splits = {0, 2, 2, 3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const EmbeddingOutput out,
      layer.Forward(*client_, Ragged({splits}, absl::MakeConstSpan(ids))));
  EXPECT_EQ(out.layout, Features::Layout::kRagged);
  EXPECT_THAT(out.row_splits, ElementsAre(splits));
  EXPECT_THAT(out.shape, ElementsAre(2));
  EXPECT_THAT(out.values, ElementsAre(3, 30, 0, 0, 1, 10));
  EXPECT_THAT(*out.mask, ElementsAre(true, false, true));
}

TEST_F(EmbeddingTest, SparseIsFilledWithRowZero) {
  const Embedding layer = Layer(FiveRows());
  ROWHOUSE_ASSERT_OK(client_->WriteRows(layer.table_name(), {0}, {7, 8}, {}));
  const std::vector<std::int64_t> ids = {2, 4}, at = {0, 1, 1, 0};
  const auto input = Sparse(at, absl::MakeConstSpan(ids), {2, 2});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(EmbeddingOutput out,
                                layer.Forward(*client_, input));
  EXPECT_EQ(out.layout, Features::Layout::kDense);
  EXPECT_THAT(out.shape, ElementsAre(2, 2, 2));
  EXPECT_THAT(out.values, ElementsAre(7, 8, 2, 20, 4, 40, 7, 8));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket),
                                    {1, 0, 0, 1, 0, 0, 2, 0}));
  EXPECT_THAT(TableNow(), ElementsAre(4, 8, 1, 10, 2, 19, 3, 30, 4, 40));
}

TEST_F(EmbeddingTest, ASparseLayerGivesSparseOutputs) {
  auto arguments = FiveRows();
  arguments.sparse = true;
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {2, 4}, at = {0, 1, 1, 0};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      EmbeddingOutput out,
      layer.Forward(*client_, Sparse(at, absl::MakeConstSpan(ids), {2, 2})));
  EXPECT_EQ(out.layout, Features::Layout::kSparse);
  EXPECT_THAT(out.shape, ElementsAre(2, 2, 2));
  EXPECT_THAT(out.indices, ElementsAre(0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1));
  EXPECT_THAT(out.values, ElementsAre(2, 20, 4, 40));
  ROWHOUSE_ASSERT_OK(
      layer.Backward(*client_, std::move(out.ticket), {1, 2, 3, 4}));
  EXPECT_THAT(TableNow(), ElementsAre(0, 0, 1, 10, 1, 18, 3, 30, 1, 36));
}

// tf.sparse.from_dense drops zeros; their gradients are zeros.
TEST_F(EmbeddingTest, ASparseLayerKeepsWhatIsNotZeroOfADenseInput) {
  auto arguments = FiveRows();
  arguments.sparse = true;
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {0, 1};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      EmbeddingOutput out,
      layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {2})));
  EXPECT_THAT(out.indices, ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(out.values, ElementsAre(1, 10));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), {5, 6}));
  EXPECT_THAT(TableNow(), ElementsAre(0, 0, -4, 4, 2, 20, 3, 30, 4, 40));
}

TEST_F(EmbeddingTest, OneHotReadsAndTrainsTheWholeTable) {
  auto arguments = FiveRows();
  arguments.use_one_hot_matmul = true;
  const Embedding layer = Layer(arguments);
  EXPECT_FALSE(layer.gradient_is_rows());
  const std::vector<std::int64_t> ids = {1, 9, -1, 1};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      EmbeddingOutput out,
      layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {4})));
  EXPECT_THAT(out.values, ElementsAre(1, 10, 0, 0, 0, 0, 1, 10));
  const std::vector<float> upstream = {1, 2, 3, 4, 5, 6, 7, 8};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingGradient gradient,
                                layer.Gradient(out.ticket, upstream));
  EXPECT_THAT(gradient.ids, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(gradient.values, ElementsAre(0, 0, 8, 10, 0, 0, 0, 0, 0, 0));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), upstream));
  EXPECT_THAT(TableNow(), ElementsAre(0, 0, -7, 0, 2, 20, 3, 30, 4, 40));
}

TEST_F(EmbeddingTest, MaskIsOfTheInputBeforeTheCast) {
  auto arguments = FiveRows();
  arguments.mask_zero = true;
  const Embedding layer = Layer(arguments);
  const std::vector<float> floats = {0.0f, 0.5f, 1.0f};
  const auto input = Dense(absl::MakeConstSpan(floats), {3});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingOutput out,
                                layer.Forward(*client_, input));
  EXPECT_THAT(out.values, ElementsAre(0, 0, 0, 0, 1, 10));
  EXPECT_THAT(*out.mask, ElementsAre(false, true, true));
  EXPECT_EQ(*layer.ComputeMask(input), out.mask);
  const bool bools[] = {true, false};
  EXPECT_THAT(layer.Forward(*client_, Dense(absl::MakeConstSpan(bools), {2})),
              InvalidWith("bool"));
  const std::vector<std::int64_t> at = {0};
  EXPECT_THAT(layer.Forward(*client_, Sparse(at, absl::MakeConstSpan(at), {2})),
              InvalidWith("sparse input has no mask"));
}

TEST_F(EmbeddingTest, ActivityLossIsDividedByTheBatch) {
  auto arguments = FiveRows();
  arguments.activity_regularizer = L2(0.5f);
  const Embedding layer = Layer(arguments);
  EXPECT_TRUE(layer.gradient_is_rows());
  const std::vector<std::int64_t> ids = {1, 2, 1, 0};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      EmbeddingOutput out,
      layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {2, 2})));
  EXPECT_EQ(out.activity_loss, 0.5f * (1 + 100 + 4 + 400 + 1 + 100) / 2);
  const std::vector<float> none(8, 0.0f);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingGradient gradient,
                                layer.Gradient(out.ticket, none));
  EXPECT_THAT(gradient.values, ElementsAre(.5f, 5, 1, 10, .5f, 5, 0, 0));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), none));
  EXPECT_THAT(TableNow(), ElementsAre(0, 0, 0, 0, 1, 10, 3, 30, 4, 40));
}

// Rows of a ragged tensor are the batch; of a scalar's output, its components.
TEST_F(EmbeddingTest, ActivityLossOfOtherShapes) {
  auto arguments = FiveRows();
  arguments.activity_regularizer = L1(1.0f);
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {3, 1}, splits = {0, 2, 2, 2, 2};
  const auto all = absl::MakeConstSpan(ids);
  EXPECT_EQ(layer.Forward(*client_, Ragged({splits}, all))->activity_loss,
            44.0f / 4);
  EXPECT_EQ(layer.Forward(*client_, Dense(all.first(1), {}))->activity_loss,
            33.0f / 2);
  EXPECT_EQ(layer.Forward(*client_, Dense(all.first(0), {0}))->activity_loss,
            0);
}

TEST_F(EmbeddingTest, ActivityLossOfProducts) {
  auto arguments = FiveRows();
  arguments.activity_regularizer = "OrthogonalRegularizer";
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {3, 1}, splits = {0, 2};
  const auto all = absl::MakeConstSpan(ids);
  // Both rows point the same way: 0.01 x 1, over the batch of two.
  EXPECT_THAT(layer.Forward(*client_, Dense(all, {2}))->activity_loss,
              FloatEq(0.005f));
  EXPECT_THAT(layer.Forward(*client_, Dense(all, {2, 1})),
              InvalidWith("rank 3"));
  EXPECT_THAT(layer.Forward(*client_, Ragged({splits}, all)),
              InvalidWith("not dense"));
}

TEST_F(EmbeddingTest, UnknownRegularizersShowWhenTheyAreUsed) {
  auto arguments = FiveRows();
  arguments.activity_regularizer = "nope";
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {3};
  EXPECT_THAT(layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {1})),
              InvalidWith("activity_regularizer: unknown regularizer 'nope'"));
  arguments = FiveRows();
  arguments.embeddings_regularizer = "nope";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Embedding other,
                                Embedding::Make(arguments));
  EXPECT_THAT(other.Table(Subtracting()),
              InvalidWith("embeddings_regularizer: unknown"));
  EXPECT_THAT(other.RegularizationLoss(*client_), InvalidWith("'nope'"));
}

TEST_F(EmbeddingTest, ASparseOutputHasNoActivityLoss) {
  auto arguments = FiveRows();
  arguments.sparse = true;
  arguments.activity_regularizer = "l2";
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {3};
  EXPECT_THAT(layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {1})),
              InvalidWith("not dense"));
}

TEST_F(EmbeddingTest, RegularizationLossIsOfTheWholeTable) {
  auto arguments = FiveRows();
  arguments.embeddings_regularizer = L1L2{0.5f, 0.25f};
  // The loss needs rows, not steps: a table of a frozen layer will do.
  arguments.trainable = false;
  const Embedding layer = Layer(arguments);
  EXPECT_THAT(layer.RegularizationLoss(*client_),
              IsOkAndHolds(FloatEq(0.5f * 110 + 0.25f * 3030)));
  EXPECT_EQ(*Layer(FiveRows()).RegularizationLoss(*client_), 0);
}

TEST_F(EmbeddingTest, WhatIsNotTrainedStays) {
  auto arguments = FiveRows();
  arguments.trainable = false;
  const Embedding layer = Layer(arguments);
  const std::vector<std::int64_t> ids = {3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      EmbeddingOutput out,
      layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {1})));
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), {1, 1}));
  EXPECT_THAT(TableNow(), ElementsAre(0, 0, 1, 10, 2, 20, 3, 30, 4, 40));
}

TEST_F(EmbeddingTest, AModelLooksAtLengths) {
  auto arguments = FiveRows();
  arguments.input_length = std::int64_t{2};
  Layer(arguments);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Embedding model,
                                Embedding::MakeSequential(arguments));
  const std::vector<std::int64_t> ids = {3, 1, 4};
  const auto all = absl::MakeConstSpan(ids);
  EXPECT_THAT(model.Forward(*client_, Dense(all, {1, 3})),
              InvalidWith("[batch, 2], got [1, 3]"));
  EXPECT_THAT(model.Forward(*client_, Dense(all.first(2), {1, 2, 1}))->shape,
              ElementsAre(1, 2, 2));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Embedding alone,
                                Embedding::Make(arguments));
  EXPECT_THAT(alone.Forward(*client_, Dense(all, {1, 3}))->shape,
              ElementsAre(1, 3, 2));
  arguments.input_length = Lengths{2, 3};
  EXPECT_THAT(Embedding::MakeSequential(arguments), InvalidWith("[2, 3]"));
  ROWHOUSE_EXPECT_OK(Embedding::Make(arguments));
}

TEST_F(EmbeddingTest, OutputShapeOfAShape) {
  auto arguments = FiveRows();
  arguments.input_length = std::int64_t{3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Embedding layer,
                                Embedding::Make(arguments));
  EXPECT_EQ(*layer.ComputeOutputShape({kUnknown, 3}),
            (PartialShape{kUnknown, 3, 2}));
  EXPECT_THAT(layer.ComputeOutputShape({2, 4}), InvalidWith("input_length"));
}

TEST_F(EmbeddingTest, WhatIsNoInput) {
  const Embedding layer = Layer(FiveRows());
  const std::vector<std::int64_t> ids = {3};
  EXPECT_THAT(layer.Forward(*client_, Dense(absl::MakeConstSpan(ids), {2})),
              InvalidWith("1 values"));
  const std::vector<std::string> words = {"1"};
  EXPECT_THAT(layer.Forward(*client_, Dense(absl::MakeConstSpan(words), {1})),
              FailsWith(absl::StatusCode::kUnimplemented, "strings"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Embedding other,
      Embedding::Make({.input_dim = 5, .output_dim = 2, .name = "other"}));
  EXPECT_THAT(other.Forward(*client_, Dense(absl::MakeConstSpan(ids), {1})),
              FailsWith(absl::StatusCode::kNotFound, "other/embeddings"));
}

TEST(MakeEmbedding, RefusesWhatIsNoLayer) {
  EXPECT_THAT(Embedding::Make({.input_dim = 0, .output_dim = 2}),
              InvalidWith("input_dim 0"));
  EXPECT_THAT(Embedding::Make({.input_dim = 3, .output_dim = -1}),
              InvalidWith("output_dim -1"));
  EXPECT_THAT(Embedding::Make({.input_dim = 3, .output_dim = 1 << 20}),
              InvalidWith("above 8192"));
  EXPECT_THAT(
      Embedding::Make(
          {.input_dim = 3, .output_dim = 2, .mask_zero = true, .sparse = true}),
      InvalidWith("mask_zero"));
  EXPECT_THAT(
      Embedding::Make(
          {.input_dim = 3, .output_dim = 2, .embeddings_initializer = "nope"}),
      InvalidWith("nope"));
  EXPECT_THAT(
      Embedding::Make(
          {.input_dim = 3, .output_dim = 2, .embeddings_constraint = "nope"}),
      InvalidWith("nope"));
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_THAT(
      Embedding::Make(
          {.input_dim = 3, .output_dim = 2, .embeddings_regularizer = L1(inf)}),
      InvalidWith("embeddings_regularizer"));
  EXPECT_THAT(
      Embedding::Make(
          {.input_dim = 3, .output_dim = 2, .activity_regularizer = L2(inf)}),
      InvalidWith("activity_regularizer"));
}

TEST(EmbeddingTable, IsWhatTheArgumentsSay) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Embedding layer,
      Embedding::Make({.input_dim = 7,
                       .output_dim = 3,
                       .embeddings_regularizer = L1L2{0.5f, 0.25f},
                       .embeddings_constraint =
                           AxisConstraint{.rule = MaxNorm{1.0f}, .axis = {1}},
                       .name = "words"}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const TableSpec spec,
      layer.Table({.optimizer = AdagradSpec{.generation = Generation::kKeras},
                   .seed = 9,
                   .nan_policy = NanPolicy::kPropagate}));
  EXPECT_EQ(spec.name, "words/embeddings");
  EXPECT_EQ(spec.name, layer.table_name());
  EXPECT_EQ(spec.rows, 7u);
  EXPECT_EQ(spec.dim, 3u);
  EXPECT_EQ(spec.seed, 9u);
  EXPECT_EQ(spec.nan_policy, NanPolicy::kPropagate);
  EXPECT_EQ(spec.initializer, InitializerSpec(UniformInitializer{-.05f, .05f}));
  EXPECT_EQ(spec.update.regularizer, (rowhouse::Regularizer{0.5f, 0.25f}));
  EXPECT_EQ(spec.update.constraint, ConstraintSpec(MaxNorm{1.0f}));
  EXPECT_FALSE(layer.gradient_is_rows());
}

TEST(EmbeddingTable, RegularizersAndConstraintsAreTheLayers) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Embedding layer,
      Embedding::Make({.input_dim = 7, .output_dim = 3}));
  TableOptions options;
  options.update.regularizer.l1 = 1;
  EXPECT_THAT(layer.Table(options), InvalidWith("arguments of the layer"));
  options.update = {};
  options.update.constraint = NonNeg{};
  EXPECT_THAT(layer.Table(options), InvalidWith("arguments of the layer"));
}

// Lion computes another momentum of a dense gradient.
TEST(EmbeddingTable, LionLearnsWhetherTheGradientIsDense) {
  EmbeddingArguments arguments{.input_dim = 7, .output_dim = 3};
  const TableOptions options{.optimizer = LionSpec{}};
  EXPECT_EQ(Embedding::Make(arguments)->Table(options)->optimizer,
            OptimizerSpec(LionSpec{}));
  arguments.use_one_hot_matmul = true;
  EXPECT_EQ(Embedding::Make(arguments)->Table(options)->optimizer,
            OptimizerSpec(LionSpec{.dense_gradients = true}));
}

TEST(EmbeddingTable, OtherGenerationsDoNotConstrainRows) {
  EmbeddingArguments arguments{
      .input_dim = 7, .output_dim = 3, .embeddings_constraint = "NonNeg"};
  const TableOptions sgd{.optimizer = SgdSpec{}};
  const TableOptions tf1{.optimizer = AdagradSpec{}};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Embedding layer,
                                Embedding::Make(arguments));
  ROWHOUSE_EXPECT_OK(layer.Table(sgd));
  EXPECT_THAT(
      layer.Table(sgd, Generation::kKerasLegacy),
      FailsWith(absl::StatusCode::kFailedPrecondition, "'keras_legacy'"));
  EXPECT_THAT(layer.Table(tf1),
              FailsWith(absl::StatusCode::kFailedPrecondition, "'tf1'"));
  // A dense gradient is constrained by all.
  arguments.embeddings_regularizer = "l2";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Embedding dense,
                                Embedding::Make(arguments));
  ROWHOUSE_EXPECT_OK(dense.Table(sgd, Generation::kKerasLegacy));
  // What is not trained is not constrained.
  arguments.embeddings_regularizer = {};
  arguments.trainable = false;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Embedding frozen,
                                Embedding::Make(arguments));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableSpec spec, frozen.Table(tf1));
  EXPECT_EQ(spec.update.constraint, ConstraintSpec());
}

TEST(EmbeddingTable, RowsThatDependOnOneAnotherAreRefused) {
  EmbeddingArguments arguments{
      .input_dim = 7,
      .output_dim = 3,
      .embeddings_regularizer = OrthogonalRegularizer{}};
  EXPECT_THAT(Embedding::Make(arguments)->Table({}),
              FailsWith(absl::StatusCode::kUnimplemented, "Orthogonal"));
  arguments.embeddings_regularizer = {};
  arguments.embeddings_constraint = "max_norm";
  EXPECT_THAT(Embedding::Make(arguments)->Table({}),
              FailsWith(absl::StatusCode::kUnimplemented, "axis [0]"));
}

}  // namespace
}  // namespace rowhouse::keras
