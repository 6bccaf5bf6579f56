// Sleeps by moving the clock, and remembers how long.
#ifndef ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_SLEEPER_H_
#define ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_SLEEPER_H_

#include <vector>

#include "client/internal/retry.h"
#include "tests/testing/fake_clock.h"

namespace rowhouse::internal {

// One thread at a time.
class FakeSleeper final : public Sleeper {
 public:
  explicit FakeSleeper(FakeClock& clock) : clock_(clock) {}
  void Sleep(absl::Duration duration) override {
    clock_.Advance(duration);
    waits.push_back(duration);
  }
  std::vector<absl::Duration> waits;

 private:
  FakeClock& clock_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_SLEEPER_H_
