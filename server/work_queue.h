// Threads for calls that may wait: for the disk, a lock, a checkpoint.
#ifndef ROWHOUSE_SERVER_WORK_QUEUE_H_
#define ROWHOUSE_SERVER_WORK_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/mutex.h"

namespace rowhouse::server {

// How many calls may be worked in the threads that brought them, over all
// queues that share it. gRPC's own threads are few (two on a small machine) and
// also poll the network: with all of them waiting for a disk a server is deaf.
// Thread-safe.
class CallerSlots {
 public:
  explicit CallerSlots(int free) : free_(free) {}
  // False when none is free; else Return() it.
  bool Take() {
    if (free_.fetch_sub(1) > 0) return true;
    Return();
    return false;
  }
  void Return() { free_.fetch_add(1); }

 private:
  std::atomic<int> free_;
};

// Thread-safe. A call that finds a slot is worked at once by its caller, which
// saves it the way to another thread; the others are queued (docs/adr/0006).
class WorkQueue {
 public:
  struct Options {
    std::size_t threads = 0;
    std::size_t waiting_max = 0;
    std::size_t waiting_bytes_max = 0;
    CallerSlots* callers = nullptr;  // outlives the queue; none: all are queued
  };
  explicit WorkQueue(const Options& options);
  ~WorkQueue();  // Stop()
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // Calls `work`, which holds `bytes` of memory, here and now, or later on one
  // of the threads, first come first served. UNAVAILABLE when too many calls or
  // bytes wait already, and after Stop(); then it is never called.
  absl::Status Run(std::size_t bytes, absl::AnyInvocable<void()> work);

  // Returns when everything that was taken is done. Not to be called from work.
  void Stop();

 private:
  struct Waiting {
    std::size_t bytes;
    absl::AnyInvocable<void()> work;
  };

  absl::Status Enqueue(Waiting call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Loop();

  const Options options_;
  Mutex mu_;
  CondVar changed_;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  std::size_t callers_ ABSL_GUARDED_BY(mu_) = 0;  // at work in Run()
  std::deque<Waiting> waiting_ ABSL_GUARDED_BY(mu_);
  std::size_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<std::thread> threads_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_WORK_QUEUE_H_
