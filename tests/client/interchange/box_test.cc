#include "client/interchange/box.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::interchange {
namespace {

std::string Copied(const Box& from_box, const std::string& from,
                   const Box& to_box) {
  std::string to(VolumeOf(to_box), '.');
  CopyCommon(from_box, from.data(), to_box, to.data(), 1);
  return to;
}

TEST(BoxTest, VolumeOfAScalarIsOne) {
  EXPECT_EQ(VolumeOf({}), 1);
  EXPECT_EQ(VolumeOf({{0, 3}, {5, 0}}), 0);
  EXPECT_EQ(VolumeOf({{0, 3}, {5, 4}}), 12);
}

TEST(BoxTest, IntersectionIsWhatBothCover) {
  EXPECT_EQ(Intersection({{0, 4}, {2, 3}}, {{3, 9}, {0, 3}}),
            (Box{{3, 1}, {2, 1}}));
  EXPECT_EQ(Intersection({{0, 4}}, {{4, 1}}), std::nullopt);
  EXPECT_EQ(Intersection({{2, 0}}, {{0, 4}}), std::nullopt);
  EXPECT_EQ(Intersection({}, {}), Box{});
}

TEST(BoxTest, OverlapsAreFoundOnEveryAxis) {
  EXPECT_THAT(AnyOverlap({}), IsOkAndHolds(false));
  EXPECT_THAT(
      AnyOverlap({{{0, 2}, {0, 2}}, {{0, 2}, {2, 2}}, {{2, 2}, {0, 4}}}),
      IsOkAndHolds(false));
  EXPECT_THAT(
      AnyOverlap({{{2, 2}, {0, 4}}, {{0, 2}, {2, 2}}, {{0, 3}, {0, 2}}}),
      IsOkAndHolds(true));
  EXPECT_THAT(AnyOverlap({{}, {}}), IsOkAndHolds(true));
  EXPECT_THAT(AnyOverlap({{}}), IsOkAndHolds(false));
}

TEST(BoxTest, ABoxOfNothingOverlapsNothing) {
  EXPECT_THAT(
      AnyOverlap({{{0, 4}, {2, 0}}, {{0, 4}, {0, 4}}, {{1, 0}, {0, 4}}}),
      IsOkAndHolds(false));
}

// Random boxes, against every pair of them.
TEST(BoxTest, OverlapsAreThoseOfPairs) {
  std::mt19937 random(7);  // NOLINT: the same boxes in every run
  int overlaps = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<Box> boxes(2 + random() % 4);
    for (Box& box : boxes) {
      for (int axis = 0; axis < 3; ++axis) {
        box.push_back({static_cast<std::int64_t>(random() % 5),
                       static_cast<std::int64_t>(random() % 4)});
      }
    }
    bool expected = false;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        expected |= Intersection(boxes[i], boxes[j]).has_value();
      }
    }
    EXPECT_THAT(AnyOverlap(boxes), IsOkAndHolds(expected));
    overlaps += expected ? 1 : 0;
  }
  EXPECT_GT(overlaps, 100);
  EXPECT_LT(overlaps, 1900);
}

// All parts of a tensor that is cut by columns begin in its first row: in pairs
// they were 2 * 10^9.
TEST(BoxTest, ColumnsAndGridsAreToldApart) {
  std::vector<Box> columns;
  std::vector<Box> grid;
  for (std::int64_t i = 0; i < 65536; ++i) {
    columns.push_back({{0, 9}, {i, 1}});
  }
  for (std::int64_t i = 0; i < 4096; ++i) {
    grid.push_back({{i / 256, 1}, {i / 16 % 16, 1}, {i % 16, 1}});
  }
  EXPECT_THAT(AnyOverlap(columns), IsOkAndHolds(false));
  EXPECT_THAT(AnyOverlap(grid), IsOkAndHolds(false));
  columns.back() = columns.front();
  EXPECT_THAT(AnyOverlap(columns), IsOkAndHolds(true));
}

// Half of them meet on one axis, half on the other.
TEST(BoxTest, PartsThatNoAxisTellsApartAreTooMany) {
  std::vector<Box> boxes;
  for (std::int64_t i = 0; i < 32768; ++i) {
    boxes.push_back({{i, 1}, {0, 1}});
    boxes.push_back({{0, 32768}, {i + 1, 1}});
  }
  EXPECT_THAT(AnyOverlap(boxes),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(BoxTest, RowsAreCopied) {
  // Rows 2 and 3 of a table of width 2 into a request for rows 1 to 3.
  EXPECT_EQ(Copied({{2, 2}, {0, 2}}, "abcd", {{1, 3}, {0, 2}}), "..abcd");
}

TEST(BoxTest, ColumnsAreCopied) {
  EXPECT_EQ(Copied({{0, 2}, {1, 2}}, "abcd", {{0, 3}, {2, 2}}), "b.d...");
}

TEST(BoxTest, ThreeAxesAndItemsOfSeveralBytes) {
  const std::string from = "AABBCCDDEEFFGGHH";  // 2 x 2 x 2 items
  std::string to(2 * 4, '.');
  CopyCommon({{0, 2}, {0, 2}, {0, 2}}, from.data(), {{0, 2}, {1, 1}, {0, 2}},
             to.data(), 2);
  EXPECT_EQ(to, "CCDDGGHH");
}

TEST(BoxTest, AScalarIsOneValue) { EXPECT_EQ(Copied({}, "x", {}), "x"); }

TEST(BoxTest, NothingInCommonCopiesNothing) {
  EXPECT_EQ(Copied({{0, 1}}, "x", {{1, 2}}), "..");
}

// Every pair of boxes in a cube, against a loop over its points.
TEST(BoxTest, EveryPairOfBoxesInACube) {
  std::vector<Box> boxes;
  for (std::int64_t a = 0; a < 3; ++a) {
    for (std::int64_t b = 0; b < 3; ++b) {
      for (std::int64_t n = 1; a + n <= 3; ++n) {
        for (std::int64_t m = 1; b + m <= 3; ++m) {
          boxes.push_back({{a, n}, {b, m}});
        }
      }
    }
  }
  const auto point = [](const Box& box, std::int64_t i, std::int64_t j) {
    return (i - box[0].start) * box[1].length + j - box[1].start;
  };
  for (const Box& from : boxes) {
    std::string values(VolumeOf(from), ' ');
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<char>('a' + i);
    }
    for (const Box& to : boxes) {
      std::string expected(VolumeOf(to), '.');
      if (const auto common = Intersection(from, to)) {
        const auto [rows, columns] = std::pair((*common)[0], (*common)[1]);
        for (auto i = rows.start; i < rows.start + rows.length; ++i) {
          for (auto j = columns.start; j < columns.start + columns.length;
               ++j) {
            expected[point(to, i, j)] = values[point(from, i, j)];
          }
        }
      }
      EXPECT_EQ(Copied(from, values, to), expected)
          << SliceText(from) << " to " << SliceText(to);
    }
  }
}

}  // namespace
}  // namespace rowhouse::interchange
