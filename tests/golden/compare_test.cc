#include "tests/golden/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::HasSubstr;

using Floats = std::vector<float>;

auto Differs(const char* text) {
  return StatusIs(absl::StatusCode::kInternal, HasSubstr(text));
}

TEST(CompareRows, MeasuresByTheLargestOfTheRow) {
  // 1e-4 is 1e-6 of 100; the second row has nothing that large.
  const Floats expected = {100.0f, 0.0f, 1.0f, 0.0f};
  ROWHOUSE_EXPECT_OK(
      CompareRows("x", Floats{100.0f, 9e-5f, 1.0f, 0.0f}, expected, 2, 1e-6));
  EXPECT_THAT(
      CompareRows("x", Floats{100.0f, 0.0f, 1.0f, 9e-5f}, expected, 2, 1e-6),
      Differs("x: [1, 1] expected 0"));
  EXPECT_THAT(
      CompareRows("x", Floats{100.0f, 2e-4f, 1.0f, 0.0f}, expected, 2, 1e-6),
      Differs("[0, 1]"));
}

TEST(CompareRows, IsExactWhereTheRowIsZero) {
  EXPECT_THAT(
      CompareRows("x", Floats{0.0f, 1e-30f}, Floats{0.0f, 0.0f}, 2, 1e-6),
      Differs("[0, 1]"));
}

TEST(CompareRows, TakesNanAndInfinityAsThemselves) {
  const Floats expected = {NAN, INFINITY, -INFINITY, 1.0f};
  ROWHOUSE_EXPECT_OK(CompareRows("x", expected, expected, 4, 1e-6));
  EXPECT_THAT(CompareRows("x", Floats{1.0f, INFINITY, -INFINITY, 1.0f},
                          expected, 4, 1e-6),
              Differs("[0, 0]"));
  EXPECT_THAT(
      CompareRows("x", Floats{NAN, 3e38f, -INFINITY, 1.0f}, expected, 4, 1e-6),
      Differs("[0, 1]"));
  EXPECT_THAT(
      CompareRows("x", Floats{NAN, INFINITY, INFINITY, 1.0f}, expected, 4, 1),
      Differs("[0, 2]"));
  EXPECT_THAT(
      CompareRows("x", Floats{NAN, INFINITY, -INFINITY, NAN}, expected, 4, 1),
      Differs("[0, 3]"));
}

TEST(CompareRows, CountsTheValues) {
  EXPECT_THAT(CompareRows("x", Floats{1}, Floats{1, 2}, 2, 1e-6),
              Differs("expected 2 values in rows of 2, got 1"));
}

TEST(CompareDense, HoldsShapeAndValues) {
  const Json expected = Json::parse(
      R"({"dense": {"dtype": "float32", "shape": [2, 1], "values": [1, 2]}})");
  ROWHOUSE_EXPECT_OK(
      CompareDense("x", {2, 1}, Floats{1, 2}, expected, kTolerance));
  EXPECT_THAT(CompareDense("x", {1, 2}, Floats{1, 2}, expected, kTolerance),
              Differs("x shape: [0] expected 2, got 1"));
  EXPECT_THAT(CompareDense("x", {2, 1}, Floats{1, 3}, expected, kTolerance),
              Differs("x: [1, 0] expected 2, got 3"));
  EXPECT_THAT(CompareDense("x", {0}, {}, Json::parse(R"({"dense": 3})"), 1),
              Differs("x: a tensor"));
}

TEST(CompareExactly, NamesTheFirstDifference) {
  const Json expected = Json::parse(R"({"a": [1, {"b": "c"}], "d": null})");
  ROWHOUSE_EXPECT_OK(CompareExactly("x", expected, expected));
  EXPECT_THAT(
      CompareExactly("x", Json::parse(R"({"a": [1, {"b": "e"}], "d": null})"),
                     expected),
      Differs(R"(x: .a[1].b expected "c", got "e")"));
  EXPECT_THAT(CompareExactly("x", Json::parse(R"({"d": null})"), expected),
              Differs("x: .a is missing"));
  EXPECT_THAT(CompareExactly("x", Json::parse("[1, 2]"), Json::parse("[1]")),
              Differs("expected [1], got [1,2]"));
  EXPECT_THAT(CompareExactly("x", Json::parse(R"({"a": 1})"), Json::object()),
              Differs(".a is not expected"));
}

}  // namespace
}  // namespace rowhouse::golden
