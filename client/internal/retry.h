// The one retry loop of the client. Whether a call may be repeated is said by
// the caller, never guessed; time comes in from outside.
#ifndef ROWHOUSE_CLIENT_INTERNAL_RETRY_H_
#define ROWHOUSE_CLIENT_INTERNAL_RETRY_H_

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "client/internal/retry_budget.h"

namespace rowhouse::internal {

// Waits. Thread-safe.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  virtual void Sleep(absl::Duration duration) = 0;
};

// Sleeps for real; lives for ever.
Sleeper& SystemSleeper();

enum class Idempotency {
  kOnce,        // tried once: a second try could do it twice or find it done
  kRepeatable,  // pure, or deduplicated by what it carries
};

// What `attempt` meets when the server is away, starting or stopping, or when
// one try took too long: UNAVAILABLE and DEADLINE_EXCEEDED. Nothing else says
// that a second try could end better. (Other codes that gRPC has for a call
// without an answer are UNAVAILABLE by now, see proto/wire/status.h; INTERNAL
// is what a shard said.)
bool IsTransient(const absl::Status& status);

struct RetryOptions {
  absl::Duration timeout = absl::Seconds(60);  // of all tries and waits
  // Of one try of a repeatable call: a connection that swallows packets costs
  // this much, not the whole timeout.
  absl::Duration try_timeout = absl::Seconds(10);
  absl::Duration wait_min = absl::Milliseconds(10);
  absl::Duration wait_max = absl::Seconds(1);
  std::uint64_t jitter_seed = 0;
  RetryBudget::Options budget = {};
  // Called before each wait with the error of the try. Thread-safe.
  std::function<void(const absl::Status&)> on_retry = {};
};

// Thread-safe. Borrows clock and sleeper.
class RetryLoop {
 public:
  RetryLoop(const RetryOptions& options, Clock& clock, Sleeper& sleeper)
      : options_(options),
        clock_(clock),
        sleeper_(sleeper),
        budget_(options.budget) {}

  // Calls `attempt` with the deadline of the try until it returns OK or an
  // error that is not transient, or until the next try could not begin before
  // `deadline`: then the last error, saying how many tries it took. Waits
  // between tries double from wait_min to wait_max, each times a number in
  // [0.5, 1) so that clients do not return in step, and are longer where the
  // budget is used up.
  absl::Status Run(
      Idempotency idempotency, absl::Time deadline,
      absl::FunctionRef<absl::Status(absl::Time try_deadline)> attempt);

  // A deadline for a call that begins now.
  absl::Time Deadline() { return clock_.Now() + options_.timeout; }

  const RetryOptions& options() const { return options_; }
  Clock& clock() { return clock_; }

 private:
  absl::Duration Jittered(absl::Duration wait);

  const RetryOptions options_;
  Clock& clock_;
  Sleeper& sleeper_;
  RetryBudget budget_;
  std::atomic<std::uint64_t> waits_{0};
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_RETRY_H_
