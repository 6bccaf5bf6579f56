// A door for calls that take long: who finds it taken is told so at once, and
// does not hold a thread until it is free.
#ifndef ROWHOUSE_SHARD_ONE_AT_A_TIME_H_
#define ROWHOUSE_SHARD_ONE_AT_A_TIME_H_

#include "base/mutex.h"

namespace rowhouse::shard {

// Thread-safe.
class OneAtATime {
 public:
  // Lets go when it is destroyed.
  class Turn {
   public:
    explicit Turn(OneAtATime* door) : door_(door) {}
    ~Turn() {
      if (door_ != nullptr) door_->Leave();
    }
    Turn(Turn&& other) noexcept : door_(other.door_) { other.door_ = nullptr; }
    Turn& operator=(Turn&&) = delete;
    // False: somebody else has the turn.
    explicit operator bool() const { return door_ != nullptr; }

   private:
    OneAtATime* door_;
  };

  Turn Try() {
    MutexLock lock(mu_);
    if (taken_) return Turn(nullptr);
    taken_ = true;
    return Turn(this);
  }
  Turn Wait() {
    MutexLock lock(mu_);
    while (taken_) free_.Wait(mu_);
    taken_ = true;
    return Turn(this);
  }

 private:
  void Leave() {
    // Told under the lock: who waits may take the door down next.
    MutexLock lock(mu_);
    taken_ = false;
    free_.NotifyOne();
  }

  Mutex mu_;
  CondVar free_;
  bool taken_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_ONE_AT_A_TIME_H_
