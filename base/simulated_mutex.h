// The locks of base/mutex.h where a scheduler of the simulator decides who gets
// them. Included by it alone.
#ifndef ROWHOUSE_BASE_SIMULATED_MUTEX_H_
#define ROWHOUSE_BASE_SIMULATED_MUTEX_H_

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/simulation.h"

namespace rowhouse {

class ABSL_LOCKABLE Mutex {
 public:
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    simulation::Pause("lock");
    while (held_) Rest();
    held_ = true;
  }
  void unlock() ABSL_UNLOCK_FUNCTION() {
    if (LetGo()) simulation::Pause("unlock");
  }
  bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    simulation::Pause("try_lock");
    if (held_) return false;
    held_ = true;
    return true;
  }

 private:
  friend class CondVar;

  // True when somebody waits for it. Nothing is touched afterwards: who gets it
  // may destroy it.
  bool LetGo() {
    held_ = false;
    if (resting_ == 0) return false;
    simulation::Wake(this, /*all=*/true);
    return true;
  }
  void Rest() {
    ++resting_;
    simulation::Block(this, "mutex");
    --resting_;
  }

  bool held_ = false;
  int resting_ = 0;
};

class CondVar {
 public:
  void Wait(Mutex& mu) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    WaitFor(mu, absl::InfiniteDuration());
  }
  bool WaitFor(Mutex& mu, absl::Duration timeout)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    // No pause in between: nobody can notify before the task rests.
    mu.LetGo();
    const bool woken = simulation::Block(this, "condition", timeout);
    mu.lock();
    return woken;
  }

  void NotifyOne() { simulation::Wake(this, /*all=*/false); }
  void NotifyAll() { simulation::Wake(this, /*all=*/true); }
};

class ABSL_LOCKABLE SharedMutex {
 public:
  SharedMutex() = default;
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;

  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    simulation::Pause("write lock");
    ++writers_waiting_;
    while (writer_ || readers_ > 0) Rest("write lock");
    --writers_waiting_;
    writer_ = true;
  }
  void unlock() ABSL_UNLOCK_FUNCTION() {
    writer_ = false;
    WakeResting();
  }
  // Behind writers that wait, as in base/mutex.h.
  void lock_shared() ABSL_SHARED_LOCK_FUNCTION() {
    simulation::Pause("read lock");
    while (writer_ || writers_waiting_ > 0) Rest("read lock");
    ++readers_;
  }
  void unlock_shared() ABSL_UNLOCK_FUNCTION() {
    --readers_;
    WakeResting();
  }

 private:
  void Rest(const char* why) {
    ++resting_;
    simulation::Block(this, why);
    --resting_;
  }
  void WakeResting() {
    if (resting_ == 0) return;
    simulation::Wake(this, /*all=*/true);
    simulation::Pause("unlock");
  }

  bool writer_ = false;
  int readers_ = 0;
  int writers_waiting_ = 0;
  int resting_ = 0;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_SIMULATED_MUTEX_H_
