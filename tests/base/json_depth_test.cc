#include "base/json_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace rowhouse {
namespace {

TEST(JsonDepthTest, CountsWhatIsOpenAtOnce) {
  EXPECT_EQ(JsonDepth(""), 0);
  EXPECT_EQ(JsonDepth("17"), 0);
  EXPECT_EQ(JsonDepth("{}"), 1);
  EXPECT_EQ(JsonDepth(R"({"a": [1, [2]], "b": {"c": 3}})"), 3);
  EXPECT_EQ(JsonDepth(std::string(1000, '[')), 1000);
  EXPECT_EQ(JsonDepth("]]]][["), 2);
}

TEST(JsonDepthTest, BracketsInStringsDoNotCount) {
  EXPECT_EQ(JsonDepth(R"({"[[[": "{{\"[["})"), 1);
  EXPECT_EQ(JsonDepth(R"({"\\": [[]]})"), 3);
  EXPECT_EQ(JsonDepth(R"("[[)"), 0);
}

// Protobuf's parser takes both quotes, so that one does not end the other.
TEST(JsonDepthTest, AQuoteOfTheOtherKindHidesNothing) {
  EXPECT_EQ(JsonDepth(R"({'"': [[[]]]})"), 4);
  EXPECT_EQ(JsonDepth(R"({"'": [[[]]]})"), 4);
  EXPECT_EQ(JsonDepth(R"({'\'[[[': 1})"), 1);
}

}  // namespace
}  // namespace rowhouse
