// A clock that moves only when a test moves it.
#ifndef ROWHOUSE_TESTS_TESTING_FAKE_CLOCK_H_
#define ROWHOUSE_TESTS_TESTING_FAKE_CLOCK_H_

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace rowhouse {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  // Begins at a moment that no default-constructed time equals.
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'700'000'000))
      : now_(now) {}

  absl::Time Now() override {
    MutexLock lock(mu_);
    return now_;
  }
  void Advance(absl::Duration duration) {
    MutexLock lock(mu_);
    now_ += duration;
  }
  void Set(absl::Time now) {
    MutexLock lock(mu_);
    now_ = now;
  }

 private:
  Mutex mu_;
  absl::Time now_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_TESTING_FAKE_CLOCK_H_
