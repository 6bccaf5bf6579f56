#include "client/interchange/tensor.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::interchange {
namespace {

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(TensorTest, ElementsOfShapes) {
  EXPECT_THAT(ElementsOf({}, 4), IsOkAndHolds(1));
  EXPECT_THAT(ElementsOf({3, 2}, 4), IsOkAndHolds(6));
  EXPECT_THAT(ElementsOf({3, 0, 2}, 4), IsOkAndHolds(0));
}

TEST(TensorTest, ShapesThatMakeNoSense) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(ElementsOf({3, -1}, 4), StatusIs(kDataLoss));
  EXPECT_THAT(ElementsOf({kMost}, 1), IsOkAndHolds(kMost));
  EXPECT_THAT(ElementsOf({kMost}, 2), StatusIs(kDataLoss));
  EXPECT_THAT(ElementsOf({1ll << 32, 1ll << 31}, 1), StatusIs(kDataLoss));
  // A size of nothing does not hide sizes that are too much.
  EXPECT_THAT(ElementsOf({0, 1ll << 32, 1ll << 31}, 1), StatusIs(kDataLoss));
  EXPECT_THAT(ElementsOf(Shape(kTensorRankMax, 1), 1), IsOkAndHolds(1));
  EXPECT_THAT(ElementsOf(Shape(kTensorRankMax + 1, 1), 1), StatusIs(kDataLoss));
}

TEST(TensorTest, ByteOrderTurnsByItem) {
  std::string bytes = "abcdefgh";
  TurnByteOrder(Dtype::kFloat32, absl::MakeSpan(bytes));
  EXPECT_EQ(bytes, "dcbahgfe");
  TurnByteOrder(Dtype::kComplex64, absl::MakeSpan(bytes));
  EXPECT_EQ(bytes, "abcdefgh");
  TurnByteOrder(Dtype::kInt8, absl::MakeSpan(bytes));
  EXPECT_EQ(bytes, "abcdefgh");
}

TEST(TensorTest, ShapeText) {
  EXPECT_EQ(ShapeText({}), "[]");
  EXPECT_EQ(ShapeText({3, 2}), "[3, 2]");
}

}  // namespace
}  // namespace rowhouse::interchange
