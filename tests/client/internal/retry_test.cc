#include "client/internal/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/client/internal/fake_sleeper.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RetryTest : public ::testing::Test {
 protected:
  RetryLoop Loop() { return RetryLoop(options_, clock_, sleeper_); }

  FakeClock clock_;
  FakeSleeper sleeper_{clock_};
  RetryOptions options_;
};

TEST_F(RetryTest, OnlyTransientErrorsAreTriedAgain) {
  RetryLoop loop = Loop();
  for (const absl::StatusCode code :
       {absl::StatusCode::kOk, absl::StatusCode::kCancelled,
        absl::StatusCode::kUnknown, absl::StatusCode::kInvalidArgument,
        absl::StatusCode::kNotFound, absl::StatusCode::kAlreadyExists,
        absl::StatusCode::kFailedPrecondition,
        absl::StatusCode::kResourceExhausted, absl::StatusCode::kAborted,
        absl::StatusCode::kInternal, absl::StatusCode::kDataLoss}) {
    int tries = 0;
    EXPECT_EQ(loop.Run(Idempotency::kRepeatable, loop.Deadline(),
                       [&](absl::Time) {
                         ++tries;
                         return absl::Status(code, "");
                       })
                  .code(),
              code);
    EXPECT_EQ(tries, 1) << code;
  }
  for (const absl::StatusCode code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded}) {
    int tries = 0;
    ROWHOUSE_EXPECT_OK(
        loop.Run(Idempotency::kRepeatable, loop.Deadline(), [&](absl::Time) {
          return ++tries < 3 ? absl::Status(code, "") : absl::OkStatus();
        }));
    EXPECT_EQ(tries, 3) << code;
  }
}

TEST_F(RetryTest, WhatMayNotBeRepeatedIsTriedOnceWithAllTheTime) {
  RetryLoop loop = Loop();
  int tries = 0;
  const absl::Time deadline = clock_.Now() + absl::Hours(1);
  EXPECT_THAT(loop.Run(Idempotency::kOnce, deadline,
                       [&](absl::Time try_deadline) {
                         ++tries;
                         EXPECT_EQ(try_deadline, deadline);
                         return absl::UnavailableError("down");
                       }),
              StatusIs(absl::StatusCode::kUnavailable, "down"));
  EXPECT_EQ(tries, 1);
  EXPECT_THAT(sleeper_.waits, IsEmpty());
}

TEST_F(RetryTest, WaitsDoubleUpToTheLongestWithJitter) {
  options_.wait_min = absl::Milliseconds(10);
  options_.wait_max = absl::Milliseconds(60);
  RetryLoop loop = Loop();
  int tries = 0;
  ROWHOUSE_ASSERT_OK(
      loop.Run(Idempotency::kRepeatable, loop.Deadline(), [&](absl::Time) {
        return ++tries <= 6 ? absl::UnavailableError("") : absl::OkStatus();
      }));
  const int base_ms[] = {10, 20, 40, 60, 60, 60};
  ASSERT_THAT(sleeper_.waits, SizeIs(6));
  for (int i = 0; i < 6; ++i) {
    EXPECT_GE(sleeper_.waits[i], absl::Milliseconds(base_ms[i]) / 2) << i;
    EXPECT_LT(sleeper_.waits[i], absl::Milliseconds(base_ms[i])) << i;
  }
  EXPECT_NE(sleeper_.waits[4], sleeper_.waits[5]);
}

TEST_F(RetryTest, JitterIsAFunctionOfTheSeed) {
  const auto waits = [&](std::uint64_t seed) {
    sleeper_.waits.clear();
    options_.jitter_seed = seed;
    RetryLoop loop = Loop();
    int tries = 0;
    (void)loop.Run(Idempotency::kRepeatable, loop.Deadline(), [&](absl::Time) {
      return ++tries <= 4 ? absl::UnavailableError("") : absl::OkStatus();
    });
    return sleeper_.waits;
  };
  EXPECT_EQ(waits(1), waits(1));
  EXPECT_NE(waits(1), waits(2));
}

TEST_F(RetryTest, GivesUpAtTheDeadlineAndSaysHowHardItTried) {
  options_.timeout = absl::Seconds(5);
  RetryLoop loop = Loop();
  const absl::Time deadline = loop.Deadline();
  int tries = 0;
  const absl::Status status =
      loop.Run(Idempotency::kRepeatable, deadline, [&](absl::Time) {
        ++tries;
        return absl::UnavailableError("connection refused");
      });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("connection refused (gave up after " +
                                         std::to_string(tries) + " tries")));
  EXPECT_GT(tries, 5);
  EXPECT_LT(clock_.Now(), deadline);
}

TEST_F(RetryTest, CallsShareABudgetAndWaitWhenItIsUsedUp) {
  options_.wait_min = options_.wait_max = absl::Milliseconds(10);
  options_.budget = {.tokens_max = 3, .per_second = 1, .per_success = 0};
  RetryLoop loop = Loop();
  const auto fail_once = [&] {
    bool failed = false;
    return loop.Run(Idempotency::kRepeatable, loop.Deadline(), [&](absl::Time) {
      return std::exchange(failed, true) ? absl::OkStatus()
                                         : absl::UnavailableError("");
    });
  };
  for (int i = 0; i < 5; ++i) ROWHOUSE_EXPECT_OK(fail_once());
  ASSERT_THAT(sleeper_.waits, SizeIs(5));
  EXPECT_LT(sleeper_.waits[2], absl::Milliseconds(10));
  EXPECT_GT(sleeper_.waits[3], absl::Milliseconds(900));
  EXPECT_GT(sleeper_.waits[4], absl::Milliseconds(900));
}

TEST_F(RetryTest, OneTryNeverOutlastsTheCall) {
  options_.timeout = absl::Seconds(15);
  options_.try_timeout = absl::Seconds(10);
  RetryLoop loop = Loop();
  const absl::Time begin = clock_.Now();
  std::vector<absl::Duration> given;
  (void)loop.Run(Idempotency::kRepeatable, loop.Deadline(),
                 [&](absl::Time try_deadline) {
                   given.push_back(try_deadline - clock_.Now());
                   clock_.Set(try_deadline);
                   return absl::DeadlineExceededError("");
                 });
  ASSERT_THAT(given, SizeIs(2));
  EXPECT_EQ(given[0], absl::Seconds(10));
  EXPECT_LT(given[1], absl::Seconds(5));
  EXPECT_EQ(clock_.Now(), begin + absl::Seconds(15));
}

}  // namespace
}  // namespace rowhouse::internal
