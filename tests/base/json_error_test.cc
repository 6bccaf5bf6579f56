#include "base/json_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rowhouse {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(JsonError, SaysWhereTheTextBreaks) {
  EXPECT_THAT(JsonError(R"({"name": "x", "dim": 4)"),
              StartsWith("line 1, column 23: syntax error"));
  EXPECT_THAT(JsonError("{\"name\": \"x\",\n \"dim\": 4,}"),
              AllOf(StartsWith("line 2, column 11: "), HasSubstr("'}'")));
  EXPECT_THAT(JsonError(""), HasSubstr("unexpected end of input"));
  EXPECT_THAT(JsonError("{} {}"), StartsWith("line 1, column 4: "));
  EXPECT_THAT(JsonError("1e999"), StartsWith("number overflow"));
}

TEST(JsonError, JsonHasNone) {
  EXPECT_EQ(JsonError(R"({"a": [1, -2, 0.5, true, null, "\u00e4"]})"), "");
  EXPECT_EQ(JsonError(" 7 "), "");
}

TEST(JsonError, IsShortWhateverItQuotes) {
  const std::string error = JsonError("[1, \"" + std::string(100000, 'a'));
  EXPECT_THAT(error, StartsWith("line 1, column "));
  EXPECT_THAT(error, EndsWith("aaa..."));
  EXPECT_LT(error.size(), 300u);
}

TEST(JsonError, DeepTextsAreNoTrouble) {
  EXPECT_NE(JsonError(std::string(1000000, '[')), "");
}

}  // namespace
}  // namespace rowhouse
