#include "examples/census/tables_diff.h"

#include <limits>

#include "tests/testing/status_matchers.h"

namespace rowhouse::census {
namespace {

// Two rows of two weights and one slot value each.
Rows SomeRows() {
  return {.dim = 2,
          .slot_floats = 1,
          .stored = {1, 0},
          .lsns = {5, 0},
          .weights = {1, 2, 3, 4},
          .slots = {0.5, 0.25}};
}

TablesDifference Compare(const Rows& first, const Rows& second) {
  TablesDifference difference;
  ROWHOUSE_EXPECT_OK(CompareRows(first, second, difference));
  return difference;
}

TEST(TablesDiff, SeesEqualRows) {
  Rows other = SomeRows();
  other.lsns = {9, 0};  // log numbers are a shard's own
  const TablesDifference difference = Compare(SomeRows(), other);
  EXPECT_EQ(difference.rows, 2u);
  EXPECT_EQ(difference.stored, 1u);
  EXPECT_EQ(difference.different, 0u);
  EXPECT_EQ(difference.max_abs, 0);
}

TEST(TablesDiff, SeesWeightsSlotsAndStoredRows) {
  Rows weight = SomeRows();
  weight.weights[3] = 4.5f;
  Rows slot = SomeRows();
  slot.slots[0] = 0.25f;
  Rows stored = SomeRows();
  stored.stored[1] = 1;
  EXPECT_EQ(Compare(SomeRows(), weight).different, 1u);
  EXPECT_EQ(Compare(SomeRows(), weight).max_abs, 0.5);
  EXPECT_EQ(Compare(SomeRows(), slot).different, 1u);
  EXPECT_EQ(Compare(SomeRows(), slot).max_abs, 0.25);
  EXPECT_EQ(Compare(SomeRows(), stored).different, 1u);
  EXPECT_EQ(Compare(SomeRows(), stored).max_abs, 0);
}

TEST(TablesDiff, ComparesBitsNotValues) {
  Rows zero = SomeRows();
  Rows minus_zero = SomeRows();
  zero.weights[0] = 0.0f;
  minus_zero.weights[0] = -0.0f;
  EXPECT_EQ(Compare(zero, minus_zero).different, 1u);
  Rows nan = SomeRows();
  nan.weights[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(Compare(nan, nan).different, 0u);
  EXPECT_EQ(Compare(nan, zero).max_abs,
            std::numeric_limits<double>::infinity());
}

TEST(TablesDiff, RefusesRowsOfDifferentShapes) {
  Rows narrow = SomeRows();
  narrow.dim = 1;
  TablesDifference difference;
  EXPECT_THAT(CompareRows(SomeRows(), narrow, difference),
              StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace rowhouse::census
