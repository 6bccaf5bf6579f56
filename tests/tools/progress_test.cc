#include "tools/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rowhouse::tools {
namespace {

std::string Talk(bool terminal) {
  std::ostringstream data;
  std::ostringstream talk;
  const Output output{.data = data, .talk = talk, .terminal = terminal};
  { const Progress progress(output, "making\n a checkpoint"); }
  EXPECT_EQ(data.str(), "");
  return talk.str();
}

TEST(ProgressTest, DrawsALineAndTakesItAway) {
  const std::string talk = Talk(/*terminal=*/true);
  EXPECT_THAT(talk, testing::StartsWith("\r\x1b[Kmaking\\x0a a checkpoint"));
  EXPECT_THAT(talk, testing::EndsWith(" s\r\x1b[K"));
}

TEST(ProgressTest, SaysHowMuchIsDone) {
  EXPECT_EQ(ProgressText("importing", 0, 0, absl::Seconds(2.9)),
            "importing ... 2 s");
  EXPECT_EQ(ProgressText("importing", 1, 3, absl::Seconds(70)),
            "importing ... 33 % of 3 rows, 70 s");
}

TEST(ProgressTest, SaysNothingElsewhere) {
  EXPECT_EQ(Talk(/*terminal=*/false), "");
}

}  // namespace
}  // namespace rowhouse::tools
