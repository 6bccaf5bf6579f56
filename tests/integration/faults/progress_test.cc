#include "tests/integration/faults/progress.h"

#include <gtest/gtest.h>

namespace rowhouse::faults {
namespace {

TEST(ProgressTest, ALineSaysHowFarHowFastAndHowLongStill) {
  EXPECT_EQ(ProgressText("kills", 10, 50, absl::Seconds(4), "100 pushes"),
            "10/50 kills, 2.5/s, 16s left, 100 pushes");
  EXPECT_EQ(ProgressText("pushes", 3000, 4000, absl::Seconds(3), ""),
            "3000/4000 pushes, 1000/s, 1s left");
}

TEST(ProgressTest, NothingDoneHasNoRate) {
  EXPECT_EQ(ProgressText("kills", 0, 50, absl::Seconds(4), ""), "0/50 kills");
}

}  // namespace
}  // namespace rowhouse::faults
