#include "shard/leases.h"

#include <gtest/gtest.h>

namespace rowhouse::shard {
namespace {

constexpr absl::Duration kLease = absl::Seconds(30);
constexpr absl::Duration kStandstill = absl::Seconds(10);

class LeasesTest : public testing::Test {
 protected:
  // Time goes on by `seconds`, told in every one.
  void Pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      now_ += absl::Seconds(1);
      leases_.Tell(now_);
    }
  }

  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  Leases leases_{now_, kLease, kStandstill};
};

TEST_F(LeasesTest, ASessionIsSilentALeaseAfterItsLastSign) {
  Pass(5);
  leases_.Renew(1, now_);
  Pass(29);
  EXPECT_FALSE(leases_.Silent(1, now_));
  EXPECT_TRUE(leases_.Silent(2, now_)) << "never since the start";
  Pass(1);
  EXPECT_TRUE(leases_.Silent(1, now_));
}

// A process that was stopped heard nobody, and the first to be heard of again
// may be whoever asks who is silent.
TEST_F(LeasesTest, AfterAStandstillAllCountAsAliveAnew) {
  leases_.Renew(1, now_);
  now_ += absl::Hours(1);
  leases_.Tell(now_);
  EXPECT_FALSE(leases_.Silent(1, now_));
  EXPECT_FALSE(leases_.Silent(2, now_));
  Pass(30);
  EXPECT_TRUE(leases_.Silent(1, now_));
}

TEST_F(LeasesTest, ASignAfterAStandstillIsOneForAll) {
  leases_.Renew(1, now_);
  now_ += absl::Hours(1);
  leases_.Renew(2, now_);
  EXPECT_FALSE(leases_.Silent(1, now_));
}

TEST_F(LeasesTest, AClockThatIsSetBackKeepsNobodyAliveForLong) {
  leases_.Renew(1, now_);
  now_ -= absl::Hours(1);
  leases_.Tell(now_);
  EXPECT_FALSE(leases_.Silent(1, now_));
  Pass(30);
  EXPECT_TRUE(leases_.Silent(1, now_));
}

TEST_F(LeasesTest, AShorterPauseIsNone) {
  leases_.Renew(1, now_);
  Pass(21);
  now_ += absl::Seconds(10);
  leases_.Tell(now_);
  EXPECT_TRUE(leases_.Silent(1, now_));
}

}  // namespace
}  // namespace rowhouse::shard
