#include "base/mutex.h"

#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <vector>

namespace rowhouse {
namespace {

void RunInThreads(int count, const std::function<void()>& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(body);
  for (std::thread& thread : threads) thread.join();
}

TEST(Mutex, OneAtATime) {
  Mutex mu;
  int value = 0;
  RunInThreads(4, [&] {
    for (int i = 0; i < 2000; ++i) {
      MutexLock lock(mu);
      ++value;
    }
  });
  EXPECT_EQ(value, 8000);
}

TEST(Mutex, TryLockFailsWhileItIsHeld) {
  Mutex mu;
  bool taken = true;
  {
    MutexLock lock(mu);
    std::thread([&] { taken = mu.try_lock(); }).join();
    EXPECT_FALSE(taken);
  }
  const bool free = mu.try_lock();
  if (free) mu.unlock();
  EXPECT_TRUE(free);
}

TEST(CondVar, WakesWaiters) {
  Mutex mu;
  CondVar changed;
  int turn = 0;
  const auto take_turns = [&](int own) {
    for (int i = 0; i < 50; ++i) {
      MutexLock lock(mu);
      while (turn % 2 != own) changed.Wait(mu);
      ++turn;
      changed.NotifyAll();
    }
  };
  std::thread even([&] { take_turns(0); });
  std::thread odd([&] { take_turns(1); });
  even.join();
  odd.join();
  EXPECT_EQ(turn, 100);
}

TEST(CondVar, WaitForGivesUp) {
  Mutex mu;
  CondVar changed;
  MutexLock lock(mu);
  while (changed.WaitFor(mu, absl::Milliseconds(1))) {
    // Woken by nobody, which the standard allows.
  }
  while (changed.WaitFor(mu, -absl::InfiniteDuration())) {
  }
}

TEST(CondVar, WaitForEverIsNoOverflow) {
  Mutex mu;
  CondVar changed;
  bool done = false;
  MutexLock lock(mu);
  std::thread waker([&] {
    MutexLock inner(mu);
    done = true;
    changed.NotifyAll();
  });
  while (!done) {
    EXPECT_TRUE(changed.WaitFor(mu, absl::InfiniteDuration()));
  }
  mu.unlock();
  waker.join();
  mu.lock();
}

TEST(SharedMutex, ReadersShare) {
  SharedMutex mu;
  Mutex count_mu;
  CondVar changed;
  int readers = 0;
  // Each reader leaves only when all three are inside.
  RunInThreads(3, [&] {
    ReaderLock lock(mu);
    MutexLock count_lock(count_mu);
    ++readers;
    changed.NotifyAll();
    while (readers < 3) changed.Wait(count_mu);
  });
  EXPECT_EQ(readers, 3);
}

TEST(SharedMutex, AWriterIsAlone) {
  SharedMutex mu;
  int a = 0, b = 0;
  bool torn = false;
  std::thread reader([&] {
    for (int i = 0; i < 2000; ++i) {
      ReaderLock lock(mu);
      torn = torn || a != b;
    }
  });
  RunInThreads(3, [&] {
    for (int i = 0; i < 1000; ++i) {
      WriterLock lock(mu);
      ++a;
      ++b;
    }
  });
  reader.join();
  EXPECT_FALSE(torn);
  EXPECT_EQ(a, 3000);
  EXPECT_EQ(b, 3000);
}

}  // namespace
}  // namespace rowhouse
