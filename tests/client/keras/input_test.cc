#include "client/keras/input.h"

#include <string>

#include "tests/client/keras/keras_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::int64_t> kIds = {4, 0, 2};
const std::vector<std::int64_t> kAt = {0, 1, 0, 2, 1, 0};

keras::EmbeddingArguments OfFiveRows() {
  return {.input_dim = 5, .output_dim = 2};
}

TEST(ReadEmbeddingInput, OneRowPerValueOfADenseTensor) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const EmbeddingInput input,
      ReadEmbeddingInput(OfFiveRows(),
                         Dense(absl::MakeConstSpan(kIds), {3, 1})));
  EXPECT_FALSE(input.one_hot);
  EXPECT_THAT(input.ids, ElementsAre(4, 0, 2));
  EXPECT_THAT(input.lookup.batch.ids, ElementsAre(4, 0, 2));
  EXPECT_THAT(input.lookup.batch.row_splits, IsEmpty());
  EXPECT_EQ(input.lookup.combiner, Combiner::kNone);
  EXPECT_EQ(input.lookup.dim, 2u);
  EXPECT_TRUE(input.lookup.trainable);
}

TEST(ReadEmbeddingInput, CellsWithoutAValueAreRowZero) {
  auto sparse = Sparse(kAt, absl::MakeConstSpan(kIds), {2, 3});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingInput input,
                                ReadEmbeddingInput(OfFiveRows(), sparse));
  EXPECT_THAT(input.ids, ElementsAre(0, 4, 0, 2, 0, 0));
  EXPECT_THAT(input.lookup.batch.ids, ElementsAre(0, 4, 0, 2, 0, 0));
  EXPECT_THAT(input.lookup.batch.row_splits, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  // The lookup of sparse ids prunes ids < 0.
  const std::vector<std::int64_t> negative = {-3, 1, 2};
  sparse.values = absl::MakeConstSpan(negative);
  EXPECT_THAT(ReadEmbeddingInput(OfFiveRows(), sparse)->ids,
              ElementsAre(0, 0, 1, 2, 0, 0));
}

TEST(ReadEmbeddingInput, ASparseLayerLooksUpWhatIsThere) {
  auto arguments = OfFiveRows();
  arguments.sparse = true;
  auto sparse = Sparse(kAt, absl::MakeConstSpan(kIds), {2, 3});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingInput input,
                                ReadEmbeddingInput(arguments, sparse));
  EXPECT_THAT(input.ids, ElementsAre(4, 0, 2));
  EXPECT_EQ(input.lookup.combiner, Combiner::kNone);
  const std::vector<std::int64_t> negative = {4, -3, 2};
  sparse.values = absl::MakeConstSpan(negative);
  EXPECT_THAT(ReadEmbeddingInput(arguments, sparse),
              InvalidWith("id -3 at [0, 2]"));
  const std::vector<std::int64_t> splits = {0, 3};
  EXPECT_THAT(ReadEmbeddingInput(arguments,
                                 Ragged({splits}, absl::MakeConstSpan(kIds))),
              InvalidWith("ragged"));
}

TEST(ReadEmbeddingInput, AnIdOutsideOfTheTable) {
  const std::vector<std::int64_t> high = {0, 1, 5, 2};
  EXPECT_THAT(ReadEmbeddingInput(OfFiveRows(),
                                 Dense(absl::MakeConstSpan(high), {2, 2})),
              InvalidWith("id 5 at [1, 0] is not in [0, 5)"));
  const std::vector<std::int32_t> low = {-1};
  EXPECT_THAT(
      ReadEmbeddingInput(OfFiveRows(), Dense(absl::MakeConstSpan(low), {1})),
      InvalidWith("id -1 at [0] is not in [0, 5)"));
  const std::vector<std::int64_t> at = {3};
  EXPECT_THAT(ReadEmbeddingInput(
                  OfFiveRows(),
                  Sparse(at, absl::MakeConstSpan(high).subspan(2, 1), {4})),
              InvalidWith("id 5 at [3]"));
}

TEST(ReadEmbeddingInput, OneHotLooksUpEveryRow) {
  auto arguments = OfFiveRows();
  arguments.use_one_hot_matmul = true;
  const std::vector<std::int64_t> ids = {7, -1, 3};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const EmbeddingInput input,
      ReadEmbeddingInput(arguments, Dense(absl::MakeConstSpan(ids), {3})));
  EXPECT_TRUE(input.one_hot);
  EXPECT_THAT(input.ids, ElementsAre(7, -1, 3));
  EXPECT_THAT(input.lookup.batch.ids, ElementsAre(0, 1, 2, 3, 4));
  // Sparse ids are looked up all the same.
  EXPECT_FALSE(ReadEmbeddingInput(
                   arguments, Sparse(kAt, absl::MakeConstSpan(kIds), {2, 3}))
                   ->one_hot);
  arguments.input_dim = std::int64_t{1} << 40;
  EXPECT_THAT(
      ReadEmbeddingInput(arguments, Dense(absl::MakeConstSpan(ids), {3})),
      FailsWith(absl::StatusCode::kResourceExhausted, "use_one_hot_matmul"));
}

TEST(ReadEmbeddingInput, ASparseShapeIsBounded) {
  const std::vector<std::int64_t> at = {0, 0};
  constexpr std::int64_t kMany = std::int64_t{1} << 40;
  for (const Features::Shape& shape :
       {Features::Shape{1 << 20, 1 << 20}, Features::Shape{kMany, kMany}}) {
    EXPECT_THAT(ReadEmbeddingInput(
                    OfFiveRows(),
                    Sparse(at, absl::MakeConstSpan(kIds).first(1), shape)),
                InvalidWith("cells"));
  }
}

TEST(ReadEmbeddingInput, WhatIsNotTrainedSaysSo) {
  auto arguments = OfFiveRows();
  arguments.trainable = false;
  EXPECT_FALSE(
      ReadEmbeddingInput(arguments, Dense(absl::MakeConstSpan(kIds), {3}))
          ->lookup.trainable);
}

}  // namespace
}  // namespace rowhouse::internal
