#include "client/internal/retry.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/hash.h"

namespace rowhouse::internal {
namespace {

class ThreadSleeper final : public Sleeper {
 public:
  void Sleep(absl::Duration duration) override { absl::SleepFor(duration); }
};

}  // namespace

Sleeper& SystemSleeper() {
  static ThreadSleeper& sleeper = *new ThreadSleeper;
  return sleeper;
}

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

absl::Status RetryLoop::Run(
    Idempotency idempotency, absl::Time deadline,
    absl::FunctionRef<absl::Status(absl::Time try_deadline)> attempt) {
  if (idempotency == Idempotency::kOnce) return attempt(deadline);
  const absl::Time begin = clock_.Now();
  absl::Duration wait = options_.wait_min;
  for (std::uint64_t tries = 1;; ++tries) {
    const absl::Time try_deadline =
        std::min(deadline, clock_.Now() + options_.try_timeout);
    const absl::Status status = attempt(try_deadline);
    if (!IsTransient(status)) {
      budget_.Succeeded();
      return status;
    }
    const absl::Time now = clock_.Now();
    const absl::Duration pause = std::max(Jittered(wait), budget_.Take(now));
    if (now + pause >= deadline) {
      budget_.Return();
      return absl::Status(
          status.code(),
          absl::StrCat(status.message(), " (gave up after ", tries,
                       tries == 1 ? " try" : " tries", " in ",
                       absl::FormatDuration(now - begin), ")"));
    }
    if (options_.on_retry) options_.on_retry(status);
    sleeper_.Sleep(pause);
    wait = std::min(wait * 2, options_.wait_max);
  }
}

absl::Duration RetryLoop::Jittered(absl::Duration wait) {
  const std::uint64_t bits =
      Mix64(options_.jitter_seed ^
            Mix64(waits_.fetch_add(1, std::memory_order_relaxed) + 1));
  const double unit = std::ldexp(static_cast<double>(bits >> 11), -53);
  return wait * (0.5 + 0.5 * unit);
}

}  // namespace rowhouse::internal
