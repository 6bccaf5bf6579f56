#include "tests/golden/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

auto Refused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

TEST(Arguments, AreReadByNameOrKeepTheirDefaults) {
  const Json json = {{"rate", 0.5},      {"steps", 10},    {"cycle", true},
                     {"mode", "fan_in"}, {"list", {1, 2}}, {"target", nullptr},
                     {"name", "x"},      {"seed", nullptr}};
  float rate = 0, steps = 0, power = 3;
  double scale = 4;
  bool cycle = false;
  std::string mode;
  std::vector<float> list;
  std::optional<float> target = 1;
  Arguments arguments("Call", json);
  arguments.Required("rate", rate)
      .Required("steps", steps)
      .Required("list", list)
      .Optional("power", power)
      .Optional("scale", scale)
      .Optional("cycle", cycle)
      .Optional("mode", mode)
      .Optional("target", target);
  ROWHOUSE_EXPECT_OK(arguments.Finish());
  EXPECT_EQ(rate, 0.5f);
  EXPECT_EQ(steps, 10);
  EXPECT_EQ(power, 3);
  EXPECT_EQ(scale, 4);
  EXPECT_TRUE(cycle);
  EXPECT_EQ(mode, "fan_in");
  EXPECT_THAT(list, ElementsAre(1, 2));
  EXPECT_EQ(target, std::nullopt);
}

TEST(Arguments, AreRefusedByType) {
  float number = 0;
  bool flag = false;
  std::string text;
  std::vector<float> list;
  std::optional<float> none;
  const Json string = {{"a", "10"}}, integer = {{"a", 1}};
  const Json strings = {{"a", {"x"}}};
  EXPECT_THAT(Arguments("F", string).Required("a", number).Finish(),
              Refused("F: argument 'a' is no number"));
  EXPECT_THAT(Arguments("F", string).Optional("a", none).Finish(),
              Refused("'a' is no number"));
  EXPECT_THAT(Arguments("F", integer).Optional("a", flag).Finish(),
              Refused("'a' is not true or false"));
  EXPECT_THAT(Arguments("F", integer).Optional("a", text).Finish(),
              Refused("'a' is no string"));
  EXPECT_THAT(Arguments("F", integer).Required("a", list).Finish(),
              Refused("'a' is no list"));
  EXPECT_THAT(Arguments("F", strings).Required("a", list).Finish(),
              Refused("'a' is no list of numbers"));
}

TEST(Arguments, AreRefusedWhenMissingOrUnknown) {
  float number = 0;
  std::vector<float> list;
  const Json json = {{"b", 1}};
  EXPECT_THAT(
      Arguments("F", json).Optional("b", number).Required("a", number).Finish(),
      Refused("'a' is missing"));
  EXPECT_THAT(
      Arguments("F", json).Optional("b", number).Required("a", list).Finish(),
      Refused("'a' is missing"));
  EXPECT_THAT(Arguments("F", json).Optional("a", number).Finish(),
              Refused("F has no argument 'b'"));
  EXPECT_THAT(Arguments("F", Json(3)).Optional("a", number).Finish(),
              Refused("arguments are no object"));
}

}  // namespace
}  // namespace rowhouse::golden
