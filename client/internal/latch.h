// Waits for calls under way.
#ifndef ROWHOUSE_CLIENT_INTERNAL_LATCH_H_
#define ROWHOUSE_CLIENT_INTERNAL_LATCH_H_

#include <cstddef>

#include "base/mutex.h"

namespace rowhouse::internal {

// Counts down to 0 once. May be destroyed as soon as Wait has returned.
class Latch {
 public:
  explicit Latch(std::size_t count) : count_(count) {}

  void CountDown() {
    MutexLock lock(mu_);
    // Notified under the lock: the waiter cannot destroy this before.
    if (--count_ == 0) zero_.NotifyAll();
  }

  void Wait() {
    MutexLock lock(mu_);
    while (count_ > 0) zero_.Wait(mu_);
  }

 private:
  Mutex mu_;
  CondVar zero_;
  std::size_t count_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_LATCH_H_
