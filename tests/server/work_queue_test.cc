#include "server/work_queue.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

using ::testing::HasSubstr;

// Holds whoever waits until it is opened.
class Gate {
 public:
  void Open() {
    MutexLock lock(mu_);
    open_ = true;
    changed_.NotifyAll();
  }
  void Wait() {
    MutexLock lock(mu_);
    ++waiting_;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mu_);
  }
  void UntilSomebodyWaits() {
    MutexLock lock(mu_);
    while (waiting_ == 0) changed_.Wait(mu_);
  }

 private:
  Mutex mu_;
  CondVar changed_;
  bool open_ ABSL_GUARDED_BY(mu_) = false;
  int waiting_ ABSL_GUARDED_BY(mu_) = 0;
};

TEST(WorkQueueTest, DoesEverythingOnce) {
  std::atomic<int> sum{0};
  {
    CallerSlots slots(1);
    WorkQueue queue({.threads = 3,
                     .waiting_max = 1000,
                     .waiting_bytes_max = 1000,
                     .callers = &slots});
    for (int i = 1; i <= 1000; ++i) {
      ROWHOUSE_ASSERT_OK(queue.Run(1, [&sum, i] { sum += i; }));
    }
  }
  EXPECT_EQ(sum, 500500);
}

TEST(WorkQueueTest, ALoneCallerWorksInItsOwnThread) {
  CallerSlots slots(1);
  WorkQueue queue({.threads = 1,
                   .waiting_max = 1,
                   .waiting_bytes_max = 1000,
                   .callers = &slots});
  std::thread::id worked_in;
  ROWHOUSE_ASSERT_OK(
      queue.Run(1, [&] { worked_in = std::this_thread::get_id(); }));
  EXPECT_EQ(worked_in, std::this_thread::get_id());
}

TEST(WorkQueueTest, TheNextOneIsQueued) {
  CallerSlots slots(1);
  WorkQueue queue({.threads = 1,
                   .waiting_max = 1,
                   .waiting_bytes_max = 1000,
                   .callers = &slots});
  Gate done;
  std::thread::id worked_in;
  // The outer call is this thread's; the inner one has to go elsewhere and is
  // done while the outer one waits for it.
  ROWHOUSE_ASSERT_OK(queue.Run(1, [&] {
    ROWHOUSE_EXPECT_OK(queue.Run(1, [&] {
      worked_in = std::this_thread::get_id();
      done.Open();
    }));
    done.Wait();
  }));
  EXPECT_NE(worked_in, std::this_thread::get_id());
}

// gRPC's threads are the same few for all queues.
TEST(WorkQueueTest, QueuesTogetherTakeNoMoreCallersThanThereAreSlots) {
  CallerSlots slots(1);
  const WorkQueue::Options options = {.threads = 1,
                                      .waiting_max = 1,
                                      .waiting_bytes_max = 1000,
                                      .callers = &slots};
  WorkQueue lookups(options);
  WorkQueue pushes(options);
  Gate done;
  std::thread::id worked_in;
  ROWHOUSE_ASSERT_OK(pushes.Run(1, [&] {
    ROWHOUSE_EXPECT_OK(lookups.Run(1, [&] {
      worked_in = std::this_thread::get_id();
      done.Open();
    }));
    done.Wait();
  }));
  EXPECT_NE(worked_in, std::this_thread::get_id());
  // The slot is free again.
  ROWHOUSE_ASSERT_OK(
      lookups.Run(1, [&] { worked_in = std::this_thread::get_id(); }));
  EXPECT_EQ(worked_in, std::this_thread::get_id());
}

TEST(WorkQueueTest, WithoutSlotsEverythingGoesToTheThreads) {
  WorkQueue queue({.threads = 1, .waiting_max = 1, .waiting_bytes_max = 1000});
  std::thread::id worked_in;
  ROWHOUSE_ASSERT_OK(
      queue.Run(1, [&] { worked_in = std::this_thread::get_id(); }));
  queue.Stop();
  EXPECT_NE(worked_in, std::this_thread::get_id());
  EXPECT_NE(worked_in, std::thread::id());
}

TEST(WorkQueueTest, AFullQueueRefusesWithItsNumbers) {
  Gate gate;
  std::atomic<int> worked{0};
  WorkQueue queue({.threads = 1, .waiting_max = 2, .waiting_bytes_max = 1000});
  ROWHOUSE_ASSERT_OK(queue.Run(1, [&] { gate.Wait(); }));
  gate.UntilSomebodyWaits();
  ROWHOUSE_ASSERT_OK(queue.Run(1, [&] { ++worked; }));
  ROWHOUSE_ASSERT_OK(queue.Run(1, [&] { ++worked; }));
  EXPECT_THAT(queue.Run(1, [&] { ++worked; }),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("2 calls of 2 bytes wait, at most 2 of 1000 "
                                 "may")));
  gate.Open();
  queue.Stop();
  EXPECT_EQ(worked, 2);
}

TEST(WorkQueueTest, BytesAreBoundedToo) {
  Gate gate;
  std::atomic<int> worked{0};
  WorkQueue queue(
      {.threads = 1, .waiting_max = 100, .waiting_bytes_max = 1000});
  ROWHOUSE_ASSERT_OK(queue.Run(1000, [&] { gate.Wait(); }));
  gate.UntilSomebodyWaits();  // it runs: its bytes no longer wait
  ROWHOUSE_ASSERT_OK(queue.Run(600, [&] { ++worked; }));
  EXPECT_THAT(queue.Run(401, [&] { ++worked; }),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("1 calls of 600 bytes wait, at most 100 of "
                                 "1000 may")));
  ROWHOUSE_EXPECT_OK(queue.Run(400, [&] { ++worked; }));
  gate.Open();
  queue.Stop();
  EXPECT_EQ(worked, 2);
}

TEST(WorkQueueTest, StopFinishesWhatWasTakenAndRefusesTheRest) {
  Gate gate;
  std::atomic<int> worked{0};
  CallerSlots slots(1);
  WorkQueue queue({.threads = 2,
                   .waiting_max = 100,
                   .waiting_bytes_max = 1000,
                   .callers = &slots});
  std::thread caller([&] {
    ROWHOUSE_EXPECT_OK(queue.Run(1, [&] {
      gate.Wait();
      ++worked;
    }));
  });
  gate.UntilSomebodyWaits();
  for (int i = 0; i < 50; ++i)
    ROWHOUSE_ASSERT_OK(queue.Run(1, [&] { ++worked; }));
  std::thread opener([&] { gate.Open(); });
  queue.Stop();
  EXPECT_EQ(worked, 51);
  EXPECT_THAT(
      queue.Run(1, [&] { ++worked; }),
      StatusIs(absl::StatusCode::kUnavailable, "the server is stopping"));
  queue.Stop();
  EXPECT_EQ(worked, 51);
  caller.join();
  opener.join();
}

}  // namespace
}  // namespace rowhouse::server
