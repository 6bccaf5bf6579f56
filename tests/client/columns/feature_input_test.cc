#include "client/columns/feature_input.h"

#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "base/limits.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using Cell = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

std::vector<Cell> CellsOf(const SparseIds& ids) {
  std::vector<Cell> cells;
  for (std::int64_t row = 0; row < ids.rows(); ++row) {
    const auto at = static_cast<std::size_t>(row);
    for (std::size_t i = ids.row_splits[at]; i < ids.row_splits[at + 1]; ++i) {
      cells.emplace_back(row, ids.positions[i], ids.values[i]);
    }
  }
  return cells;
}

SparseIds IntegersOf(const FeatureInput& input) {
  return input.IdsOfIntegers(
      [](auto value) { return static_cast<std::int64_t>(value); });
}

TEST(FeatureInput, DropsMinusOneOfDenseIntegersOnly) {
  const std::vector<std::int64_t> values = {3, -1, -2, 0};
  Features features;
  features.Set("x", values, {2, 2});
  auto input = FeatureInput::Of(features, "x");
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(CellsOf(IntegersOf(*input)),
              ElementsAre(Cell(0, 0, 3), Cell(1, 0, -2), Cell(1, 1, 0)));
}

template <typename Value>
void ExpectGreatestIsMissing() {
  const Value greatest = std::numeric_limits<Value>::max();
  const Value less = static_cast<Value>(greatest - 1);
  const std::vector<Value> values = {greatest, less, 0};
  Features features;
  features.Set("x", values);
  auto input = FeatureInput::Of(features, "x");
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(
      CellsOf(IntegersOf(*input)),
      ElementsAre(Cell(1, 0, static_cast<std::int64_t>(less)), Cell(2, 0, 0)));
}

TEST(FeatureInput, DropsTheGreatestOfDenseUnsignedIntegers) {
  ExpectGreatestIsMissing<std::uint8_t>();
  ExpectGreatestIsMissing<std::uint16_t>();
  ExpectGreatestIsMissing<std::uint32_t>();
  ExpectGreatestIsMissing<std::uint64_t>();
}

TEST(FeatureInput, DropsEmptyStringsOfDenseTensorsOnly) {
  const std::vector<std::string> values = {"", "ab"};
  const std::vector<std::int64_t> indices = {0, 1};
  Features features;
  features.Set("dense", values);
  features.SetSparse("sparse", indices, values, {2});
  const auto size = [](absl::string_view value) {
    return static_cast<std::int64_t>(value.size());
  };
  auto dense = FeatureInput::Of(features, "dense");
  auto sparse = FeatureInput::Of(features, "sparse");
  ASSERT_TRUE(dense.ok() && sparse.ok());
  EXPECT_THAT(CellsOf(dense->IdsOfStrings(size)), ElementsAre(Cell(1, 0, 2)));
  EXPECT_THAT(CellsOf(sparse->IdsOfStrings(size)),
              ElementsAre(Cell(0, 0, 0), Cell(1, 0, 2)));
}

TEST(FeatureInput, TakesSparseValuesAsTheyAre) {
  const std::vector<std::int64_t> values = {-1, 9};
  const std::vector<std::int64_t> indices = {0, 2, 3, 1};
  Features features;
  features.SetSparse("x", indices, values, {4, 3});
  auto input = FeatureInput::Of(features, "x");
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_EQ(input->rows(), 4);
  EXPECT_EQ(input->columns(), 3);
  EXPECT_THAT(CellsOf(IntegersOf(*input)),
              ElementsAre(Cell(0, 2, -1), Cell(3, 1, 9)));
}

TEST(FeatureInput, OfRankOneHasOneColumn) {
  const std::vector<std::int64_t> values = {7, 8};
  const std::vector<std::int64_t> indices = {1, 4};
  Features features;
  features.Set("dense", values);
  features.SetSparse("sparse", indices, values, {5});
  auto dense = FeatureInput::Of(features, "dense");
  auto sparse = FeatureInput::Of(features, "sparse");
  ASSERT_TRUE(dense.ok() && sparse.ok());
  EXPECT_THAT(dense->shape(), ElementsAre(2, 1));
  EXPECT_THAT(sparse->shape(), ElementsAre(5, 1));
  EXPECT_THAT(CellsOf(IntegersOf(*sparse)),
              ElementsAre(Cell(1, 0, 7), Cell(4, 0, 8)));
}

TEST(FeatureInput, FlattensAxesBeforeTheLast) {
  const std::vector<std::int32_t> values = {0, 1, 2, 3, 4, 5, 6, 7};
  const std::vector<std::int64_t> indices = {0, 1, 1, 2, 0, 4};
  Features features;
  features.Set("dense", values, {2, 2, 2});
  features.SetSparse("sparse", indices, absl::MakeConstSpan(values).last(2),
                     {3, 2, 5});
  auto dense = FeatureInput::Of(features, "dense");
  auto sparse = FeatureInput::Of(features, "sparse");
  ASSERT_TRUE(dense.ok() && sparse.ok());
  EXPECT_EQ(dense->rows(), 4);
  EXPECT_EQ(IntegersOf(*dense).row_splits.size(), 5u);
  EXPECT_THAT(IntegersOf(*dense).dense_shape, ElementsAre(2, 2, 2));
  EXPECT_EQ(sparse->rows(), 6);
  EXPECT_THAT(CellsOf(IntegersOf(*sparse)),
              ElementsAre(Cell(1, 1, 6), Cell(4, 4, 7)));
}

TEST(FeatureInput, KeepsEmptyShapes) {
  Features features;
  features.Set("rows", absl::Span<const std::int64_t>(), {0, 3});
  features.SetSparse("width", {}, absl::Span<const std::int64_t>(), {4, 0});
  auto rows = FeatureInput::Of(features, "rows");
  auto width = FeatureInput::Of(features, "width");
  ASSERT_TRUE(rows.ok() && width.ok());
  EXPECT_THAT(IntegersOf(*rows).row_splits, ElementsAre(0));
  EXPECT_THAT(IntegersOf(*width).row_splits, ElementsAre(0, 0, 0, 0, 0));
}

TEST(FeatureInput, RefusesShapesThatDoNotFit) {
  const std::vector<std::int64_t> values = {1, 2, 3, 4};
  const std::vector<std::int64_t> splits = {0, 4};
  Features features;
  features.Set("scalar", absl::MakeConstSpan(values).first(1), {});
  features.SetRagged("ragged", {splits}, values);
  features.Set("short", values, {2, 3});
  features.Set("negative", values, {-2, -2});
  features.Set("huge", values, {std::int64_t{1} << 62, 8});
  features.SetSparse("rows", {}, absl::Span<const std::int64_t>(),
                     {kFeatureRowsMax + 1, 1});
  features.SetSparse("more rows", {}, absl::Span<const std::int64_t>(),
                     {std::int64_t{1} << 62, 8, 1});
  const auto error = [&](const char* key) {
    return FeatureInput::Of(features, key).status();
  };
  EXPECT_THAT(error("scalar"), InvalidWith("\"scalar\": rank 0, expected 1"));
  EXPECT_THAT(error("ragged"), InvalidWith("ragged, expected dense or sparse"));
  EXPECT_THAT(error("short"), InvalidWith("4 values do not fill shape [2, 3]"));
  EXPECT_THAT(error("negative"), InvalidWith("negative shape [-2, -2]"));
  EXPECT_THAT(error("huge"), InvalidWith("overflows"));
  EXPECT_THAT(error("rows"), InvalidWith("has more than 16777216 rows"));
  EXPECT_THAT(error("more rows"), InvalidWith("has more than 16777216 rows"));
  EXPECT_THAT(error("none"), InvalidWith("feature \"none\" is absent"));
}

// A size of 0 makes the product 0, but columns have places for the others.
TEST(FeatureInput, ASizeOfZeroHidesNoOther) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
  const absl::Span<const std::int64_t> none;
  Features features;
  features.SetSparse("sparse", {}, none, {kHuge, 0, 1});
  features.Set("dense", none, {0, kHuge, 1});
  features.Set("many", none, {kHuge, kHuge, 0, 1});
  features.SetSparse("most", {}, none, {kFeatureRowsMax, 0, 1});
  for (const char* key : {"sparse", "dense", "many"}) {
    EXPECT_THAT(FeatureInput::Of(features, key).status(),
                InvalidWith("has more than 16777216 rows"))
        << key;
  }
  auto most = FeatureInput::Of(features, "most");
  ASSERT_TRUE(most.ok()) << most.status();
  EXPECT_EQ(most->rows(), 0);
}

TEST(FeatureInput, RefusesBadSparseIndices) {
  const std::vector<std::int64_t> values = {1, 2};
  const std::vector<std::int64_t> few = {0, 0, 1};
  const std::vector<std::int64_t> outside = {0, 0, 2, 0};
  const std::vector<std::int64_t> negative = {0, -1, 1, 0};
  const std::vector<std::int64_t> unordered = {1, 0, 0, 1};
  const std::vector<std::int64_t> twice = {1, 0, 1, 0};
  const auto check = [&](const std::vector<std::int64_t>& indices) {
    Features features;
    features.SetSparse("x", indices, values, {2, 2});
    return FeatureInput::Of(features, "x").status();
  };
  EXPECT_THAT(check(few), InvalidWith("need 4 indices, got 3"));
  EXPECT_THAT(check(outside), InvalidWith("[2, 0] of value 1 is outside"));
  EXPECT_THAT(check(negative), InvalidWith("[0, -1] of value 0 is outside"));
  EXPECT_THAT(check(unordered), InvalidWith("does not follow [1, 0]"));
  EXPECT_THAT(check(twice), InvalidWith("does not follow [1, 0]"));
}

}  // namespace
}  // namespace rowhouse::internal
