#include "client/interchange/tensor_slice.h"

#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/escaping.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::interchange {
namespace {

std::string Hex(const std::string& bytes) {
  return absl::BytesToHexString(bytes);
}

TEST(TensorSliceTest, TextGoesBothWays) {
  for (const char* text : {"", "-", "0,5:-", "3,1:2,2:-"}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TensorSlice slice, ParseSlice(text));
    EXPECT_EQ(SliceText(slice), text);
  }
}

TEST(TensorSliceTest, TextsThatAreNoSlice) {
  for (const char* text : {"x", "1", "1,2,3", "-1,2", "1,0", "0,-1", "1,2:y",
                           "1,99999999999999999999"}) {
    EXPECT_THAT(ParseSlice(text), StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(TensorSliceTest, BoxHasTheAxesOwnSizes) {
  EXPECT_THAT(BoxOf({{2, 3}, {}}, {5, 7}),
              IsOkAndHolds(TensorSlice{{2, 3}, {0, 7}}));
  EXPECT_THAT(BoxOf({}, {}), IsOkAndHolds(TensorSlice{}));
  EXPECT_EQ(ShapeOfBox({{2, 3}, {0, 7}}), (Shape{3, 7}));
}

TEST(TensorSliceTest, BoxesThatLeaveTheShape) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const TensorSlice& slice :
       {TensorSlice{{2, 4}, {}}, TensorSlice{{6, 0}, {}}, TensorSlice{{0, 5}},
        TensorSlice{{kMost, kMost}, {}}, TensorSlice{{-1, 2}, {}},
        TensorSlice{{0, -2}, {}}}) {
    EXPECT_THAT(BoxOf(slice, {5, 7}), StatusIs(absl::StatusCode::kInternal))
        << SliceText(slice);
  }
}

TEST(TensorSliceTest, ShapeAndSlice) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShapeAndSlice parsed,
                                ParseShapeAndSlice("10 3 0,5:-"));
  EXPECT_EQ(parsed.shape, (Shape{10, 3}));
  EXPECT_EQ(parsed.slice, (TensorSlice{{0, 5}, {}}));
  for (const char* text : {"10", "10 x -:-", "-1 3 -:-", "10  0,5", "10 3 q"}) {
    EXPECT_THAT(ParseShapeAndSlice(text),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

// The two examples of the specification, and the borders of every length.
TEST(TensorSliceTest, KeysAreTensorFlows) {
  EXPECT_EQ(Hex(SliceKey("emb", {{0, 5}, {}})), "00656d62000101028085807f");
  EXPECT_EQ(Hex(SliceKey("emb", {{5, 5}, {}})), "00656d62000101028585807f");
  EXPECT_EQ(Hex(SliceKey(absl::string_view("a\0\xff", 3), {})),
            "006100ffff00000100");
  const auto code = [](std::int64_t start) {
    // Behind 00 00 01 (no name) and 01 01 (one axis), before 7F (-1).
    const std::string key = Hex(SliceKey("", {{start, -1}}));
    return key.substr(10, key.size() - 12);
  };
  EXPECT_EQ(code(0), "80");
  EXPECT_EQ(code(63), "bf");
  EXPECT_EQ(code(64), "c040");
  EXPECT_EQ(code(-64), "40");
  EXPECT_EQ(code(-65), "3fbf");
  EXPECT_EQ(code(-0x800), "3800");
  EXPECT_EQ(code(0x424242), "f0424242");
  EXPECT_EQ(code((1ll << 48) - 1), "feffffffffffff");
  EXPECT_EQ(code(1ll << 48), "ff01000000000000");
  EXPECT_EQ(code((1ll << 55) - 1), "ff7fffffffffffff");
  EXPECT_EQ(code(1ll << 55), "ff8080000000000000");
  EXPECT_EQ(code((1ll << 62) - 1), "ffbfffffffffffffff");
  EXPECT_EQ(code(1ll << 62), "ffc04000000000000000");
  EXPECT_EQ(code(std::numeric_limits<std::int64_t>::min()),
            "003f8000000000000000");
}

// Keys sort as the numbers in them do.
TEST(TensorSliceTest, KeysAreInOrder) {
  std::string last;
  for (const std::int64_t start :
       {std::int64_t{-70000}, std::int64_t{-65}, std::int64_t{-1},
        std::int64_t{0}, std::int64_t{63}, std::int64_t{64}, std::int64_t{8191},
        std::int64_t{8192}, std::int64_t{1} << 40, std::int64_t{1} << 62}) {
    const std::string key = SliceKey("t", {{start, 1}});
    EXPECT_GT(key, last) << start;
    last = key;
  }
}

TEST(TensorSliceTest, AKeyIsFrontAndEnd) {
  const TensorSlice slice = {{5, 5}, {}};
  EXPECT_EQ(SliceKeyFront("emb"), std::string("\0emb\0\1", 6));
  EXPECT_EQ(SliceKey("emb", slice), SliceKeyFront("emb") + SliceKeyEnd(slice));
}

}  // namespace
}  // namespace rowhouse::interchange
