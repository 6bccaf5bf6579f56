#include "base/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace rowhouse {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// A number that threads raise and wait for.
class Count {
 public:
  void Raise() {
    MutexLock lock(mu_);
    ++value_;
    changed_.NotifyAll();
  }
  void WaitFor(int least) {
    MutexLock lock(mu_);
    while (value_ < least) changed_.Wait(mu_);
  }
  int value() {
    MutexLock lock(mu_);
    return value_;
  }

 private:
  Mutex mu_;
  CondVar changed_;
  int value_ ABSL_GUARDED_BY(mu_) = 0;
};

TEST(InlineExecutor, CallsInOrderInThisThread) {
  const auto executor = MakeInlineExecutor();
  std::vector<std::size_t> calls;
  executor->ForEach(3, [&](std::size_t i) { calls.push_back(i); });
  EXPECT_THAT(calls, ElementsAre(0, 1, 2));
}

TEST(InlineExecutor, PeriodicWorkIsTheTestsOwn) {
  const auto executor = MakeInlineExecutor();
  int calls = 0;
  {
    const auto periodic =
        executor->Every(absl::Nanoseconds(1), [&] { ++calls; });
    periodic->Hurry();
  }
  EXPECT_EQ(calls, 0);
}

class ThreadExecutorTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  const std::unique_ptr<Executor> executor_ = MakeThreadExecutor(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Threads, ThreadExecutorTest,
                         ::testing::Values(0, 1, 3));

TEST_P(ThreadExecutorTest, CallsEveryIndexOnce) {
  for (const std::size_t count : {0, 1, 2, 3, 1000}) {
    // Plain ints: each is written by one call and read after the return.
    std::vector<int> calls(count, 0);
    executor_->ForEach(count, [&](std::size_t i) { ++calls[i]; });
    EXPECT_THAT(calls, Each(1)) << count;
  }
}

TEST_P(ThreadExecutorTest, MayBeCalledFromInsideACall) {
  std::vector<int> calls(6 * 7 * 8, 0);
  executor_->ForEach(6, [&](std::size_t i) {
    executor_->ForEach(7, [&](std::size_t j) {
      executor_->ForEach(8,
                         [&](std::size_t k) { ++calls[(i * 7 + j) * 8 + k]; });
    });
  });
  EXPECT_THAT(calls, Each(1));
}

TEST_P(ThreadExecutorTest, ServesSeveralThreadsAtOnce) {
  constexpr std::size_t kCallers = 4;
  std::vector<std::vector<int>> calls(kCallers, std::vector<int>(50 * 20, 0));
  std::vector<std::thread> callers;
  for (std::size_t c = 0; c < kCallers; ++c) {
    callers.emplace_back([&, c] {
      executor_->ForEach(50, [&](std::size_t i) {
        executor_->ForEach(20, [&](std::size_t j) { ++calls[c][i * 20 + j]; });
      });
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const auto& of_caller : calls) EXPECT_THAT(of_caller, Each(1));
}

TEST(ThreadExecutor, WithoutThreadsTheCallerDoesAll) {
  const auto executor = MakeThreadExecutor(0);
  std::vector<std::thread::id> ids(10);
  executor->ForEach(
      10, [&](std::size_t i) { ids[i] = std::this_thread::get_id(); });
  EXPECT_THAT(ids, Each(std::this_thread::get_id()));
}

TEST(ThreadExecutor, CallerAndWorkersRunAtTheSameTime) {
  // Each call waits for all three: two workers and the caller.
  const auto executor = MakeThreadExecutor(2);
  Count inside;
  executor->ForEach(3, [&](std::size_t) {
    inside.Raise();
    inside.WaitFor(3);
  });
  EXPECT_EQ(inside.value(), 3);
}

TEST(ThreadExecutor, PeriodicWorkRepeats) {
  const auto executor = MakeThreadExecutor(0);
  Count calls;
  const auto periodic =
      executor->Every(absl::Milliseconds(1), [&] { calls.Raise(); });
  calls.WaitFor(3);
}

TEST(ThreadExecutor, HurryCallsNow) {
  const auto executor = MakeThreadExecutor(0);
  Count calls;
  const auto periodic =
      executor->Every(absl::InfiniteDuration(), [&] { calls.Raise(); });
  EXPECT_EQ(calls.value(), 0);
  periodic->Hurry();
  calls.WaitFor(1);
  periodic->Hurry();
  calls.WaitFor(2);
}

TEST(ThreadExecutor, HurryDuringACallCallsOnceMore) {
  const auto executor = MakeThreadExecutor(0);
  Count begun, released;
  const auto periodic = executor->Every(absl::InfiniteDuration(), [&] {
    begun.Raise();
    released.WaitFor(1);
  });
  periodic->Hurry();
  begun.WaitFor(1);
  periodic->Hurry();
  released.Raise();
  begun.WaitFor(2);
}

TEST(ThreadExecutor, DestroyingTheHandleWaitsForTheCall) {
  const auto executor = MakeThreadExecutor(0);
  Count begun;
  std::atomic<bool> inside = false;
  auto periodic = executor->Every(absl::InfiniteDuration(), [&] {
    inside = true;
    begun.Raise();
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
    inside = false;
  });
  periodic->Hurry();
  begun.WaitFor(1);
  periodic.reset();
  EXPECT_FALSE(inside);
}

}  // namespace
}  // namespace rowhouse
