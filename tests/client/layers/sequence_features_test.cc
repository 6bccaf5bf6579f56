#include "rowhouse/sequence_features.h"

#include <utility>

#include "tests/client/layers/layer_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const SequenceCategoricalColumn kA =
    SequenceCategoricalColumnWithIdentity({.key = "a", .num_buckets = 10});

class SequenceFeaturesTest : public LayerTest {
 protected:
  SequenceFeatures Layer(std::vector<PlanColumn> columns) {
    auto layer = SequenceFeatures::Create(std::move(columns));
    EXPECT_TRUE(layer.ok()) << layer.status();
    ROWHOUSE_EXPECT_OK(layer->CreateTables(*client_));
    for (const TableSpec& table : layer->plan().tables()) {
      ROWHOUSE_EXPECT_OK(FillTable(table.name));
    }
    return *std::move(layer);
  }
  const std::string table_ = "sequence_features/a_embedding/embedding_weights";
};

// Sequences {1, nothing, 2} and {3}.
TEST_F(SequenceFeaturesTest, ForwardAndBackward) {
  const SequenceFeatures layer =
      Layer({SequenceNumericColumn{.key = "x"}, Column(kA)});
  EXPECT_THAT(layer.column_names(), ElementsAre("a_embedding", "x"));
  EXPECT_THAT(layer.widths(), ElementsAre(2, 1));
  const std::vector<std::int64_t> places = {0, 0, 0, 2, 1, 0};
  const std::vector<std::int64_t> ids = {1, 2, 3};
  const std::vector<float> numbers = {7, 8, 9};
  Features features;
  features.SetSparse("a", places, ids, {2, 3});
  features.SetSparse("x", places, numbers, {2, 3});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  EXPECT_EQ(out.rows, 2u);
  EXPECT_EQ(out.steps, 3u);
  EXPECT_EQ(out.width, 3u);
  EXPECT_EQ(out.dtype, DType::kFloat32);
  EXPECT_THAT(out.sequence_lengths, ElementsAre(3, 1));
  EXPECT_THAT(out.values, ElementsAre(1, 10, 7, 0, 0, 0, 2, 20, 8,  //
                                      3, 30, 9, 0, 0, 0, 0, 0, 0));
  std::vector<float> upstream(18, 1);
  ROWHOUSE_ASSERT_OK(layer.Backward(*client_, std::move(out.ticket), upstream));
  EXPECT_THAT(Row(table_, 1), ElementsAre(0, 9));
  EXPECT_THAT(Row(table_, 3), ElementsAre(2, 29));
  EXPECT_THAT(Row(table_, 0), ElementsAre(0, 0));
}

TEST_F(SequenceFeaturesTest, IntegersStayIntegers) {
  const SequenceNumericColumn x{
      .key = "x", .default_value = std::int64_t{-1}, .dtype = DType::kInt64};
  SequenceNumericColumn y = x;
  y.key = "y";
  const SequenceFeatures layer = Layer({x, y});
  const std::vector<std::int64_t> places = {0, 1, 1, 0};
  const std::vector<std::int64_t> numbers = {(1LL << 60) + 1, 5};
  Features features;
  features.SetSparse("x", places, numbers, {2, 2});
  features.SetSparse("y", places, numbers, {2, 2});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto out, layer.Forward(*client_, features));
  EXPECT_EQ(out.dtype, DType::kInt64);
  EXPECT_THAT(out.values, IsEmpty());
  EXPECT_THAT(out.integers,
              ElementsAre(-1, -1, (1LL << 60) + 1, (1LL << 60) + 1,  //
                          5, 5, -1, -1));
}

TEST_F(SequenceFeaturesTest, RefusesColumnsThatAreNoSequences) {
  EXPECT_THAT(SequenceFeatures::Create({}), InvalidWith("got none"));
  EXPECT_THAT(SequenceFeatures::Create({NumericColumn{.key = "x"}}),
              InvalidWith("SequenceFeatures takes"));
  EXPECT_THAT(SequenceFeatures::Create({kA}),
              InvalidWith("SequenceFeatures takes"));
  const CategoricalColumnWithIdentity plain{.key = "a", .num_buckets = 10};
  const SequenceFeatures layer = Layer({Column(plain)});
  const std::vector<std::int64_t> a = {1};
  Features features;
  features.Set("a", a);
  EXPECT_THAT(layer.Forward(*client_, features), InvalidWith("no sequence"));
}

TEST_F(SequenceFeaturesTest, RefusesColumnsThatDiffer) {
  const SequenceNumericColumn integers{
      .key = "x", .default_value = std::int64_t{0}, .dtype = DType::kInt32};
  const SequenceFeatures layer = Layer({integers, Column(kA)});
  const std::vector<std::int64_t> places = {0, 0, 0, 2};
  const std::vector<std::int64_t> shorter = {0, 0, 0, 1};
  const std::vector<std::int64_t> ids = {1, 2};
  const std::vector<std::int32_t> numbers = {1, 2};
  const std::vector<float> floats = {1, 2};
  Features features;
  features.SetSparse("a", places, ids, {1, 3});
  features.SetSparse("x", places, numbers, {1, 4});
  EXPECT_THAT(layer.Forward(*client_, features),
              InvalidWith("differ in shape: [1, 3] and [1, 4]"));
  features.SetSparse("x", shorter, numbers, {1, 3});
  EXPECT_THAT(layer.Forward(*client_, features), InvalidWith("lengths"));
  features.SetSparse("x", places, numbers, {1, 3});
  EXPECT_THAT(layer.Forward(*client_, features),
              InvalidWith("type: float32 and int32"));
}

}  // namespace
}  // namespace rowhouse
