#include "base/clock.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/testing/fake_clock.h"

namespace rowhouse {
namespace {

TEST(SystemClock, TellsTheTimeOfDay) {
  const absl::Time before = absl::Now();
  const absl::Time now = SystemClock().Now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, absl::Now());
  EXPECT_EQ(&SystemClock(), &SystemClock());
}

TEST(FakeClock, MovesOnlyWhenMoved) {
  FakeClock clock(absl::FromUnixSeconds(100));
  EXPECT_EQ(clock.Now(), clock.Now());
  clock.Advance(absl::Milliseconds(1500));
  EXPECT_EQ(clock.Now(), absl::FromUnixMillis(101500));
  clock.Set(absl::FromUnixSeconds(7));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(7));
}

}  // namespace
}  // namespace rowhouse
