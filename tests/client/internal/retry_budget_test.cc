#include "client/internal/retry_budget.h"

#include <gtest/gtest.h>

#include "tests/testing/fake_clock.h"

namespace rowhouse::internal {
namespace {

class RetryBudgetTest : public ::testing::Test {
 protected:
  absl::Duration Take() { return budget_.Take(clock_.Now()); }
  void Empty() {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(Take(), absl::ZeroDuration());
  }

  FakeClock clock_;
  RetryBudget budget_{{.tokens_max = 4, .per_second = 2, .per_success = 0.5}};
};

TEST_F(RetryBudgetTest, AnEmptyBucketGivesTokensOneAfterTheOther) {
  Empty();
  EXPECT_EQ(Take(), absl::Milliseconds(500));
  EXPECT_EQ(Take(), absl::Milliseconds(1000));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Take(), absl::Milliseconds(500));
}

TEST_F(RetryBudgetTest, TimeFillsItToTheBrimOnly) {
  Empty();
  clock_.Advance(absl::Hours(1));
  Empty();
  EXPECT_GT(Take(), absl::ZeroDuration());
}

TEST_F(RetryBudgetTest, CallsThatEndWellPayForRetries) {
  Empty();
  budget_.Succeeded();
  budget_.Succeeded();
  EXPECT_EQ(Take(), absl::ZeroDuration());
  EXPECT_GT(Take(), absl::ZeroDuration());
}

TEST_F(RetryBudgetTest, WhoGivesUpLeavesNoDebt) {
  Empty();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Take(), absl::Milliseconds(500));
    budget_.Return();
  }
}

TEST_F(RetryBudgetTest, AClockThatGoesBackTakesNothing) {
  Empty();
  clock_.Advance(-absl::Hours(1));
  EXPECT_EQ(Take(), absl::Milliseconds(500));
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_EQ(Take(), absl::Milliseconds(500));
}

}  // namespace
}  // namespace rowhouse::internal
