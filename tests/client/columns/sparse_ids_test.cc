#include "client/columns/sparse_ids.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SparseIds Ids(Features::Shape shape,
              const std::vector<std::pair<int, int>>& places,
              std::int64_t rows) {
  SparseIds ids;
  ids.dense_shape = std::move(shape);
  for (const auto& [row, position] : places) ids.Add(row, position, -1);
  ids.Finish(rows);
  return ids;
}

TEST(SparseIds, EndsRowsThatNothingIsAddedTo) {
  const SparseIds ids = Ids({4, 3}, {{1, 0}, {1, 2}}, 4);
  EXPECT_EQ(ids.rows(), 4);
  EXPECT_THAT(ids.row_splits, ElementsAre(0, 0, 2, 2, 2));
  EXPECT_THAT(ids.positions, ElementsAre(0, 2));
}

TEST(SequenceLengths, OfAMatrixReachToTheLastPosition) {
  EXPECT_THAT(SequenceLengths(Ids({4, 9}, {{0, 1}, {0, 7}, {3, 0}}, 4)),
              ElementsAre(8, 0, 0, 1));
  EXPECT_THAT(SequenceLengths(Ids({0, 2}, {}, 0)), IsEmpty());
}

TEST(SequenceLengths, ReachToTheLastStepWithAnyId) {
  // Two rows of three steps of two places.
  EXPECT_THAT(SequenceLengths(Ids({2, 3, 2}, {{0, 1}, {1, 0}, {3, 1}}, 6)),
              ElementsAre(2, 1));
  EXPECT_THAT(SequenceLengths(Ids({2, 3, 2}, {{5, 0}}, 6)), ElementsAre(0, 3));
  EXPECT_THAT(SequenceLengths(Ids({2, 0, 2}, {}, 0)), ElementsAre(0, 0));
}

TEST(SequenceLengths, CountTheSecondAxisWhateverFollows) {
  // Two rows of two steps of three by one places.
  EXPECT_THAT(SequenceLengths(Ids({2, 2, 3, 1}, {{2, 0}, {10, 0}}, 12)),
              ElementsAre(1, 2));
}

}  // namespace
}  // namespace rowhouse::internal
