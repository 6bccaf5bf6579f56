// Threads for calls that may wait: for the disk, a lock, a checkpoint.
#ifndef ROWHOUSE_SERVER_WORK_QUEUE_H_
#define ROWHOUSE_SERVER_WORK_QUEUE_H_

#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/mutex.h"

namespace rowhouse::server {

// Thread-safe. gRPC's own threads are few (two on a small machine) and also
// poll the network: one that waits for a disk is deaf for everybody.
class WorkQueue {
 public:
  WorkQueue(std::size_t threads, std::size_t waiting_max);
  ~WorkQueue();  // Stop()
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // Calls `work` on one of the threads, in the order of the calls. UNAVAILABLE
  // when `waiting_max` wait already or after Stop(); then it is never called.
  absl::Status Run(absl::AnyInvocable<void()> work);

  // Returns when everything that was taken is done.
  void Stop();

 private:
  void Loop();

  const std::size_t waiting_max_;
  Mutex mu_;
  CondVar changed_;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  std::deque<absl::AnyInvocable<void()>> waiting_ ABSL_GUARDED_BY(mu_);
  std::vector<std::thread> threads_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_WORK_QUEUE_H_
