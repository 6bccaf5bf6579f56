#include "tests/golden/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

auto InvalidWith(const char* text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

TEST(ReadRowGradient, KeepsRepeatedIds) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const RowGradient gradient,
      ReadRowGradient(Json::parse(
          R"({"rows": {"ids": [3, 3], "dim": 1, "values": [1, "nan"]}})")));
  EXPECT_THAT(gradient.ids, ElementsAre(3, 3));
  EXPECT_TRUE(std::isnan(gradient.values[1]));
  EXPECT_THAT(ReadRowGradient(Json::parse(
                  R"({"rows": {"ids": [3], "dim": 2, "values": [1]}})")),
              InvalidWith("1 ids of 2 values, but 1 are given"));
}

TEST(FloatsOf, TakesDenseFloat32Only) {
  const auto tensor = [](const char* dtype) {
    return *ReadTensor({{"dense",
                         {{"dtype", dtype},
                          {"shape", Json::array({1})},
                          {"values", Json::array({3})}}}});
  };
  EXPECT_THAT(FloatsOf(tensor("float32")), IsOkAndHolds(ElementsAre(3.0f)));
  EXPECT_THAT(FloatsOf(tensor("float64")), InvalidWith("not float64"));
  EXPECT_THAT(IntegersOf(tensor("int8")), IsOkAndHolds(ElementsAre(3)));
  EXPECT_THAT(IntegersOf(tensor("float32")), InvalidWith("not float32"));
}

}  // namespace
}  // namespace rowhouse::golden
