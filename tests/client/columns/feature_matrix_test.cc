#include "client/columns/feature_matrix.h"

#include <string>
#include <tuple>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using Cell = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

template <typename Visit>
std::vector<Cell> IntegerCells(Visit&& visit_cells) {
  std::vector<Cell> cells;
  visit_cells([&](std::int64_t row, std::int64_t column, auto value) {
    if constexpr (std::is_same_v<decltype(value), std::int64_t>) {
      cells.emplace_back(row, column, value);
    }
  });
  return cells;
}

TEST(FeatureMatrix, DropsMinusOneOfDenseIntegersOnly) {
  const std::vector<std::int64_t> values = {3, -1, -2, 0};
  Features features;
  features.Set("x", values, {2, 2});
  auto matrix = FeatureMatrix::Of(features, "x");
  ASSERT_TRUE(matrix.ok()) << matrix.status();
  EXPECT_THAT(IntegerCells([&](auto v) { matrix->VisitPresentCells(v); }),
              ElementsAre(Cell(0, 0, 3), Cell(1, 0, -2), Cell(1, 1, 0)));
  EXPECT_THAT(IntegerCells([&](auto v) { matrix->VisitCells(v); }),
              ElementsAre(Cell(0, 0, 3), Cell(0, 1, -1), Cell(1, 0, -2),
                          Cell(1, 1, 0)));
}

TEST(FeatureMatrix, TakesSparseValuesAsTheyAre) {
  const std::vector<std::int64_t> values = {-1, 9};
  const std::vector<std::int64_t> indices = {0, 2, 3, 1};
  Features features;
  features.SetSparse("x", indices, values, {4, 3});
  auto matrix = FeatureMatrix::Of(features, "x");
  ASSERT_TRUE(matrix.ok()) << matrix.status();
  EXPECT_EQ(matrix->rows(), 4);
  EXPECT_EQ(matrix->columns(), 3);
  EXPECT_THAT(IntegerCells([&](auto v) { matrix->VisitPresentCells(v); }),
              ElementsAre(Cell(0, 2, -1), Cell(3, 1, 9)));
}

TEST(FeatureMatrix, OfRankOneHasOneColumn) {
  const std::vector<std::int64_t> values = {7, 8};
  const std::vector<std::int64_t> indices = {1, 4};
  Features features;
  features.Set("dense", values);
  features.SetSparse("sparse", indices, values, {5});
  auto dense = FeatureMatrix::Of(features, "dense");
  auto sparse = FeatureMatrix::Of(features, "sparse");
  ASSERT_TRUE(dense.ok() && sparse.ok());
  EXPECT_EQ(dense->rows(), 2);
  EXPECT_EQ(sparse->rows(), 5);
  EXPECT_EQ(sparse->columns(), 1);
  EXPECT_THAT(IntegerCells([&](auto v) { sparse->VisitCells(v); }),
              ElementsAre(Cell(1, 0, 7), Cell(4, 0, 8)));
}

TEST(FeatureMatrix, RefusesShapesThatDoNotFit) {
  const std::vector<std::int64_t> values = {1, 2, 3, 4};
  Features features;
  features.Set("scalar", absl::MakeConstSpan(values).first(1), {});
  features.Set("cube", values, {1, 2, 2});
  features.Set("short", values, {2, 3});
  features.Set("negative", values, {-2, -2});
  features.Set("huge", values, {std::int64_t{1} << 62, 8});
  EXPECT_THAT(FeatureMatrix::Of(features, "scalar").status(),
              InvalidWith("\"scalar\": rank 0, expected 1 or 2"));
  EXPECT_THAT(FeatureMatrix::Of(features, "cube").status(),
              InvalidWith("rank 3, expected 1 or 2"));
  EXPECT_THAT(FeatureMatrix::Of(features, "short").status(),
              InvalidWith("4 values do not fill shape [2, 3]"));
  EXPECT_THAT(FeatureMatrix::Of(features, "negative").status(),
              InvalidWith("negative shape [-2, -2]"));
  EXPECT_THAT(FeatureMatrix::Of(features, "huge").status(),
              InvalidWith("overflows"));
  EXPECT_THAT(FeatureMatrix::Of(features, "none").status(),
              InvalidWith("feature \"none\" is absent"));
}

TEST(FeatureMatrix, RefusesBadSparseIndices) {
  const std::vector<std::int64_t> values = {1, 2};
  const std::vector<std::int64_t> few = {0, 0, 1};
  const std::vector<std::int64_t> outside = {0, 0, 2, 0};
  const std::vector<std::int64_t> negative = {0, -1, 1, 0};
  const std::vector<std::int64_t> unordered = {1, 0, 0, 1};
  const std::vector<std::int64_t> twice = {1, 0, 1, 0};
  const auto check = [&](const std::vector<std::int64_t>& indices) {
    Features features;
    features.SetSparse("x", indices, values, {2, 2});
    return FeatureMatrix::Of(features, "x").status();
  };
  EXPECT_THAT(check(few), InvalidWith("need 4 indices, got 3"));
  EXPECT_THAT(check(outside), InvalidWith("[2, 0] of value 1 is outside"));
  EXPECT_THAT(check(negative), InvalidWith("[0, -1] of value 0 is outside"));
  EXPECT_THAT(check(unordered), InvalidWith("does not follow [1, 0]"));
  EXPECT_THAT(check(twice), InvalidWith("does not follow [1, 0]"));
}

}  // namespace
}  // namespace rowhouse::internal
