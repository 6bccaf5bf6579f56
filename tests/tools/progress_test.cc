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

// A checkpoint of a cluster with a dead shard printed nothing for minutes.
TEST(ProgressTest, SaysWhatIsWaitedForOnceItTakesLong) {
  std::ostringstream data;
  std::ostringstream talk;
  const Output output{.data = data, .talk = talk};
  Progress progress(output, "making checkpoint c");
  const absl::Status why = absl::UnavailableError("shard 1 (b:2): refused");
  const absl::Time begin = absl::UnixEpoch();
  progress.Waits(why, begin);
  progress.Waits(why, begin + kWaitSaidAfter - absl::Seconds(1));
  EXPECT_EQ(talk.str(), "");
  progress.Waits(why, begin + kWaitSaidAfter);
  const std::string line =
      "rowhouse: making checkpoint c waits: UNAVAILABLE: shard 1 (b:2): "
      "refused; trying again\n";
  EXPECT_EQ(talk.str(), line);
  progress.Waits(why, begin + kWaitSaidEvery);
  EXPECT_EQ(talk.str(), line);
  progress.Waits(why, begin + kWaitSaidAfter + kWaitSaidEvery);
  EXPECT_EQ(talk.str(), line + line);
}

TEST(ProgressTest, SaysNothingElsewhere) {
  EXPECT_EQ(Talk(/*terminal=*/false), "");
}

}  // namespace
}  // namespace rowhouse::tools
