// Bags and shapes of one feature, by the layout of its ids. What a table makes
// of them is in tpu_embedding_test.cc and in the recorded cases.

#include "client/tpu/serving_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Tensor = Features::Tensor;
using Ints = std::vector<std::int64_t>;

auto InvalidWith(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

// Features of a table of six rows of width 3.
class ServingLookupTest : public ::testing::Test {
 protected:
  FeatureConfig Config() const { return {.table = table_}; }
  FeatureConfig Sequence(std::int64_t length) const {
    return {.table = table_, .max_sequence_length = length};
  }
  FeatureConfig Shaped(std::vector<std::optional<std::int64_t>> shape) const {
    return {.table = table_, .output_shape = std::move(shape)};
  }

  absl::StatusOr<SparseLookup> LookUp(const FeatureConfig& config,
                                      const Tensor& ids,
                                      const Tensor* weights = nullptr) const {
    return ServingLookup({name_, config, table_name_}, ids, weights);
  }

  static Tensor Dense(FeatureValues values, const Features::Shape& shape) {
    Tensor tensor{.values = values};
    // g++ takes a copied or moved one for uninitialised.
    tensor.shape.assign(shape.begin(), shape.end());
    return tensor;
  }
  static Tensor Sparse(const Ints& indices, FeatureValues values,
                       const Features::Shape& shape) {
    return {.values = values,
            .shape = shape,
            .layout = Features::Layout::kSparse,
            .indices = indices};
  }
  static Tensor Ragged(const Ints& splits, FeatureValues values) {
    return {.values = values,
            .layout = Features::Layout::kRagged,
            .row_splits = {splits}};
  }

  const std::shared_ptr<const TableConfig> table_ =
      std::make_shared<const TableConfig>(TableConfig{
          .vocabulary_size = 6, .dim = 3, .combiner = Combiner::kSqrtn});
  const std::string name_ = "f";
  const std::string table_name_ = "t";
  const Ints kIds = {5, 0, 3};
};

TEST_F(ServingLookupTest, DenseIdsKeepTheirShape) {
  const Ints ids = {5, 0, 3, 3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto matrix,
                                LookUp(Config(), Dense(ids, {2, 2, 1})));
  EXPECT_EQ(matrix.ids.table, "t");
  EXPECT_EQ(matrix.ids.dim, 3u);
  EXPECT_EQ(matrix.ids.combiner, Combiner::kNone);
  EXPECT_THAT(matrix.ids.batch.ids, ElementsAre(5, 0, 3, 3));
  EXPECT_THAT(matrix.ids.batch.row_splits, IsEmpty());
  EXPECT_THAT(matrix.output_shape, ElementsAre(2, 2, 1, 3));
  const std::vector<std::int32_t> scalar = {4};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto one,
                                LookUp(Config(), Dense(scalar, {})));
  EXPECT_THAT(one.output_shape, ElementsAre(3));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto none,
                                LookUp(Config(), Dense(Ints{}, {0, 2})));
  EXPECT_THAT(none.output_shape, ElementsAre(0, 2, 3));
}

TEST_F(ServingLookupTest, DenseIdsThatAreNone) {
  EXPECT_THAT(LookUp(Config(), Dense(Ints{0, -1}, {2})),
              InvalidWith("feature \"f\": id -1 is not in [0, 6)"));
  EXPECT_THAT(LookUp(Config(), Dense(Ints{6}, {1})), InvalidWith("id 6 "));
  EXPECT_THAT(LookUp(Config(), Dense(Ints{1, 2}, {3})),
              InvalidWith("2 ids do not fill shape [3]"));
  EXPECT_THAT(LookUp(Config(), Dense(Ints{}, {0, -1})),
              InvalidWith("do not fill shape [0, -1]"));
  EXPECT_THAT(LookUp(Config(), Dense(std::vector<float>{1}, {1})),
              InvalidWith("ids of type float32"));
  EXPECT_THAT(LookUp(Sequence(2), Dense(Ints{1}, {1})),
              InvalidWith("dense ids of a sequence"));
}

TEST_F(ServingLookupTest, WeightsMustBeLikeTheIds) {
  const std::vector<float> three = {1, 2, 3};
  const Tensor dense = Dense(three, {3});
  EXPECT_THAT(LookUp(Config(), Dense(kIds, {3}), &dense),
              InvalidWith("the ids are dense"));
  const Ints indices = {0, 0, 0, 1, 1, 0};
  const Ints splits = {0, 2, 3};
  const Tensor sparse_ids = Sparse(indices, kIds, {2, 2});
  const Tensor ragged = Ragged(splits, three);
  EXPECT_THAT(LookUp(Config(), sparse_ids, &ragged),
              InvalidWith("not both sparse or both ragged"));
  const Tensor sparse = Sparse(indices, three, {2, 2});
  EXPECT_THAT(LookUp(Sequence(2), sparse_ids, &sparse),
              InvalidWith("weights of a sequence"));
  const Tensor integers = Sparse(indices, kIds, {2, 2});
  EXPECT_THAT(LookUp(Config(), sparse_ids, &integers),
              InvalidWith("weights of type int64"));
  const Tensor ragged_integers = Ragged(splits, kIds);
  EXPECT_THAT(LookUp(Config(), Ragged(splits, kIds), &ragged_integers),
              InvalidWith("weights of type int64"));
  const Ints other_splits = {0, 1, 3};
  const Tensor elsewhere = Ragged(other_splits, three);
  EXPECT_THAT(LookUp(Config(), Ragged(splits, kIds), &elsewhere),
              InvalidWith("do not have the same rows"));
}

// The safe lookup, or the raw one: -1 is left out, or refused.
TEST_F(ServingLookupTest, SparseIdsAreCombined) {
  const Ints indices = {0, 0, 0, 1, 1, 0};
  const Ints ids = {5, -1, 3};
  FeatureConfig config = Config();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto safe,
                                LookUp(config, Sparse(indices, ids, {4, 2})));
  EXPECT_EQ(safe.ids.combiner, Combiner::kSqrtn);
  EXPECT_THAT(safe.ids.batch.ids, ElementsAre(5, 3));
  EXPECT_THAT(safe.output_shape, ElementsAre(4, 3));
  EXPECT_EQ(safe.ids.empty_bag_id, 0u);
  config.validate_weights_and_indices = false;
  EXPECT_THAT(LookUp(config, Sparse(indices, ids, {4, 2})),
              InvalidWith("id -1"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto raw,
                                LookUp(config, Sparse(indices, kIds, {4, 2})));
  EXPECT_THAT(raw.output_shape, ElementsAre(2, 3));  // trailing rows are cut
  // Of rank 3 all are safe.
  const Ints deep = {0, 0, 0, 0, 0, 1, 1, 0, 0};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto rank3,
                                LookUp(config, Sparse(deep, ids, {2, 2, 2})));
  EXPECT_THAT(rank3.output_shape, ElementsAre(2, 2, 3));
}

TEST_F(ServingLookupTest, SparseSequencesStandAtTheirPositions) {
  // Out of order, two at one place, one behind the end.
  const Ints indices = {1, 0, 0, 1, 1, 0, 0, 2};
  const Ints ids = {4, 1, 2, 99};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto lookup, LookUp(Sequence(2), Sparse(indices, ids, {2, 3})));
  EXPECT_EQ(lookup.ids.combiner, Combiner::kSum);
  EXPECT_THAT(lookup.output_shape, ElementsAre(2, 2, 3));
  EXPECT_THAT(lookup.ids.batch.ids, ElementsAre(1, 4, 2));
  EXPECT_THAT(lookup.ids.batch.row_splits, ElementsAre(0, 0, 1, 3, 3));
  EXPECT_EQ(lookup.ids.empty_bag_id, std::nullopt);
  // An output_shape, or a third axis, and it is none.
  FeatureConfig shaped = Sequence(2);
  shaped.output_shape = {9, 9};
  const Ints two = {0, 0, 0, 1, 1, 0};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto combined,
                                LookUp(shaped, Sparse(two, kIds, {2, 2})));
  EXPECT_THAT(combined.output_shape, ElementsAre(2, 3));
}

TEST_F(ServingLookupTest, SparseSequencesThatAreNone) {
  const Ints indices = {0, 0, 0, 1, 1, 0};
  EXPECT_THAT(LookUp(Sequence(2), Sparse(indices, Ints{-1, 1, 0}, {2, 2})),
              InvalidWith("id -1"));
  EXPECT_THAT(LookUp(Sequence(2), Sparse(indices, kIds, {1, 2})),
              InvalidWith("value 2 is at [1, 0], outside shape [1, 2]"));
  EXPECT_THAT(LookUp(Sequence(2), Sparse(Ints{0, 0}, kIds, {2, 2})),
              InvalidWith("3 sparse ids with 2 coordinates"));
  EXPECT_THAT(LookUp(Sequence(std::numeric_limits<std::int64_t>::max()),
                     Sparse(indices, kIds, {2, 2})),
              InvalidWith("2 rows of"));
  EXPECT_THAT(LookUp(Sequence(2), Sparse(Ints{}, Ints{}, {-1, 2})),
              InvalidWith("-1 rows of 2"));
}

TEST_F(ServingLookupTest, RaggedIdsAreCombinedAsTheyAre) {
  const Ints splits = {0, 0, 2, 3, 3};
  const std::vector<float> values = {-1, 0, 2};
  const Tensor weights = Ragged(splits, values);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto lookup, LookUp(Config(), Ragged(splits, kIds), &weights));
  EXPECT_EQ(lookup.ids.combiner, Combiner::kSqrtn);
  EXPECT_THAT(lookup.ids.batch.ids, ElementsAre(5, 0, 3));
  EXPECT_THAT(lookup.ids.batch.weights, ElementsAre(-1, 0, 2));
  EXPECT_THAT(lookup.ids.batch.row_splits, ElementsAre(0, 0, 2, 3, 3));
  EXPECT_THAT(lookup.output_shape, ElementsAre(4, 3));
  EXPECT_EQ(lookup.ids.empty_bag_id, std::nullopt);
}

// Ids that are cut off are looked at first.
TEST_F(ServingLookupTest, RaggedSequencesAreCutAndPadded) {
  const Ints splits = {0, 2, 2, 3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto cut,
                                LookUp(Sequence(1), Ragged(splits, kIds)));
  EXPECT_EQ(cut.ids.combiner, Combiner::kSum);
  EXPECT_THAT(cut.ids.batch.ids, ElementsAre(5, 3));
  EXPECT_THAT(cut.ids.batch.row_splits, ElementsAre(0, 1, 1, 2));
  EXPECT_THAT(cut.output_shape, ElementsAre(3, 1, 3));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto padded,
                                LookUp(Sequence(3), Ragged(splits, kIds)));
  EXPECT_THAT(padded.output_shape, ElementsAre(3, 3, 3));
  EXPECT_THAT(padded.ids.batch.row_splits,
              ElementsAre(0, 1, 2, 2, 2, 2, 2, 3, 3, 3));
  EXPECT_THAT(LookUp(Sequence(1), Ragged(splits, Ints{5, 6, 3})),
              InvalidWith("id 6"));
}

TEST_F(ServingLookupTest, AnOutputShapeReshapesRaggedIds) {
  const Ints splits = {0, 2, 3};
  // As many places as rows: combined, in that shape.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto combined,
                                LookUp(Shaped({1, 2}), Ragged(splits, kIds)));
  EXPECT_THAT(combined.output_shape, ElementsAre(1, 2, 3));
  EXPECT_EQ(combined.ids.combiner, Combiner::kSqrtn);
  // A multiple: positions. It wins over max_sequence_length.
  FeatureConfig config = Shaped({4, 1});
  config.max_sequence_length = 7;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto positions,
                                LookUp(config, Ragged(splits, kIds)));
  EXPECT_THAT(positions.output_shape, ElementsAre(4, 1, 3));
  EXPECT_THAT(positions.ids.batch.row_splits, ElementsAre(0, 1, 2, 3, 3));
  EXPECT_THAT(LookUp(Shaped({3}), Ragged(splits, kIds)),
              InvalidWith("2 rows does not fit output_shape [3]"));
  EXPECT_THAT(LookUp(Shaped({1}), Ragged(splits, kIds)),
              InvalidWith("does not fit"));
  EXPECT_THAT(LookUp(Shaped({2}), Ragged(Ints{0}, Ints{})),
              InvalidWith("a batch of 0 rows"));
  EXPECT_THAT(LookUp(Shaped({std::nullopt, 2}), Ragged(splits, kIds)),
              InvalidWith("not known"));
  EXPECT_THAT(LookUp(Shaped({1 << 30, 1 << 30}), Ragged(splits, kIds)),
              InvalidWith("does not fit"));
}

TEST_F(ServingLookupTest, RaggedIdsThatAreNoMatrix) {
  const Ints splits = {0, 2, 3};
  Tensor deep = Ragged(splits, kIds);
  deep.row_splits.insert(deep.row_splits.begin(), splits);
  EXPECT_THAT(LookUp(Config(), deep), InvalidWith("rank 3, expected 2"));
  Tensor wide = Ragged(splits, kIds);
  wide.shape = {2};
  EXPECT_THAT(LookUp(Config(), wide), InvalidWith("rank 3, expected 2"));
  for (const Ints& wrong : {Ints{}, Ints{1, 3}, Ints{0, 2}, Ints{0, 4},
                            Ints{0, 3, 2, 3}, Ints{0, -1, 3}}) {
    EXPECT_THAT(LookUp(Config(), Ragged(wrong, kIds)),
                InvalidWith("do not rise from 0 to the 3 ids"));
  }
  EXPECT_THAT(LookUp(Config(), Ragged(splits, Ints{-1, 0, 0})),
              InvalidWith("id -1"));
}

}  // namespace
}  // namespace rowhouse::internal
