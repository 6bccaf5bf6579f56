#include "tests/sim/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "tests/sim/sim_executor.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr std::uint64_t kSteps = 100'000;

// Two tasks that add to a number under a lock, or without.
int Count(std::uint64_t seed, bool locked) {
  RandomChoices choices(seed, 2);
  Scheduler scheduler(choices, kSteps);
  Mutex mu;
  int count = 0;
  const auto add = [&] {
    for (int i = 0; i < 20; ++i) {
      std::optional<MutexLock> lock;
      if (locked) lock.emplace(mu);
      const int before = count;
      scheduler.Pause("between");
      count = before + 1;
    }
  };
  scheduler.Spawn("a", add);
  scheduler.Spawn("b", add);
  ROWHOUSE_EXPECT_OK(scheduler.Run());
  return count;
}

TEST(SchedulerTest, ALockKeepsOthersOutAndWithoutItTheyComeBetween) {
  int lost = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(Count(seed, /*locked=*/true), 40);
    lost += Count(seed, /*locked=*/false) < 40 ? 1 : 0;
  }
  EXPECT_GT(lost, 15);
}

TEST(SchedulerTest, TheSameChoicesGiveTheSameRun) {
  const auto run = [](std::uint64_t seed) {
    RandomChoices choices(seed, 3);
    Scheduler scheduler(choices, kSteps);
    std::string order;
    for (char c = 'a'; c < 'f'; ++c) {
      scheduler.Spawn(std::string(1, c), [&, c] {
        for (int i = 0; i < 10; ++i) {
          order += c;
          scheduler.Pause("here");
        }
      });
    }
    ROWHOUSE_EXPECT_OK(scheduler.Run());
    return absl::StrCat(order, " ", scheduler.digest());
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST(SchedulerTest, TimeMovesOnlyWhenNobodyCanGoOn) {
  RandomChoices choices(1, 2);
  Scheduler scheduler(choices, kSteps);
  const absl::Time begin = scheduler.Now();
  std::vector<std::string> events;
  scheduler.Spawn("late", [&] {
    scheduler.Sleep(absl::Seconds(2));
    events.push_back("late");
    EXPECT_EQ(scheduler.Now(), begin + absl::Seconds(2));
  });
  scheduler.Spawn("early", [&] {
    scheduler.Sleep(absl::Seconds(1));
    events.push_back("early");
  });
  scheduler.Spawn("busy", [&] {
    for (int i = 0; i < 100; ++i) scheduler.Pause("work");
    EXPECT_EQ(scheduler.Now(), begin);
    events.push_back("busy");
  });
  ROWHOUSE_EXPECT_OK(scheduler.Run());
  EXPECT_THAT(events, ElementsAre("busy", "early", "late"));
}

TEST(SchedulerTest, ADeadlockNamesWhoWaitsForWhat) {
  RandomChoices choices(1, 1);
  // Left behind with the tasks, whose stacks point to them.
  static auto* const locks = new Mutex[2];
  static auto* const scheduler = new Scheduler(choices, kSteps);
  const auto both = [=](Mutex& first, Mutex& second) {
    MutexLock lock(first);
    scheduler->Sleep(absl::Seconds(1));
    MutexLock other(second);
  };
  scheduler->Spawn("ab", [=] { both(locks[0], locks[1]); });
  scheduler->Spawn("ba", [=] { both(locks[1], locks[0]); });
  EXPECT_THAT(scheduler->Run(),
              StatusIs(absl::StatusCode::kAborted,
                       HasSubstr("these wait: ab (mutex); ba (mutex)")));
  EXPECT_FALSE(scheduler->finished());
}

TEST(SchedulerTest, ARunWithoutEndIsStopped) {
  RandomChoices choices(1, 1);
  static auto* const scheduler = new Scheduler(choices, 1000);
  scheduler->Spawn("for ever", [=] {
    while (true) scheduler->Pause("again");
  });
  EXPECT_THAT(scheduler->Run(), StatusIs(absl::StatusCode::kDeadlineExceeded,
                                         HasSubstr("no end after 1000 steps")));
}

TEST(SchedulerTest, ConditionsWakeAndTimeOut) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RandomChoices choices(seed, 1);
    Scheduler scheduler(choices, kSteps);
    Mutex mu;
    CondVar changed;
    bool ready = false;
    bool timed_out = false;
    scheduler.Spawn("waits", [&] {
      MutexLock lock(mu);
      while (!ready) changed.Wait(mu);
      timed_out = !changed.WaitFor(mu, absl::Seconds(1));
    });
    scheduler.Spawn("notifies", [&] {
      MutexLock lock(mu);
      ready = true;
      changed.NotifyOne();
    });
    ROWHOUSE_ASSERT_OK(scheduler.Run());
    EXPECT_TRUE(timed_out);
  }
}

TEST(SchedulerTest, ReadersShareAndAWriterThatWaitsGoesFirst) {
  RandomChoices choices(1, 1);
  Scheduler scheduler(choices, kSteps);
  SharedMutex mu;
  int readers = 0;
  int most = 0;
  std::vector<std::string> order;
  const auto read = [&](const std::string& name, int seconds) {
    scheduler.Sleep(absl::Seconds(seconds));
    ReaderLock lock(mu);
    most = std::max(most, ++readers);
    scheduler.Sleep(absl::Seconds(10));
    --readers;
    order.push_back(name);
  };
  scheduler.Spawn("r1", [&] { read("r1", 0); });
  scheduler.Spawn("r2", [&] { read("r2", 1); });
  scheduler.Spawn("w", [&] {
    scheduler.Sleep(absl::Seconds(2));
    WriterLock lock(mu);
    EXPECT_EQ(readers, 0);
    order.push_back("w");
  });
  scheduler.Spawn("r3", [&] { read("r3", 3); });
  ROWHOUSE_ASSERT_OK(scheduler.Run());
  EXPECT_EQ(most, 2);
  EXPECT_THAT(order, ElementsAre("r1", "r2", "w", "r3"));
}

TEST(SimExecutorTest, CallsEachPartAndEveryPeriodUntilItIsDropped) {
  RandomChoices choices(1, 1);
  Scheduler scheduler(choices, kSteps);
  SimExecutor executor(scheduler, "pool");
  std::vector<std::size_t> parts;
  int periods = 0;
  scheduler.Spawn("main", [&] {
    executor.ForEach(3, [&](std::size_t i) { parts.push_back(i); });
    const auto periodic = executor.Every(absl::Seconds(1), [&] { ++periods; });
    scheduler.Sleep(absl::Milliseconds(3500));
    EXPECT_EQ(periods, 3);
    periodic->Hurry();
    scheduler.Sleep(absl::Milliseconds(1));
  });
  ROWHOUSE_ASSERT_OK(scheduler.Run());
  EXPECT_THAT(parts, UnorderedElementsAre(0, 1, 2));
  EXPECT_EQ(periods, 4);
}

}  // namespace
}  // namespace rowhouse::sim
