// First come, first served: what keeps pushes in the order of their calls.
#ifndef ROWHOUSE_CLIENT_INTERNAL_TURNS_H_
#define ROWHOUSE_CLIENT_INTERNAL_TURNS_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace rowhouse::internal {

// A queue of callers; the first in it has the turn. Thread-safe.
class Turns {
 public:
  using Turn = std::uint64_t;

  // Stands at the end of the queue.
  Turn Join();
  // Has the turn at once, if nobody is in the queue.
  std::optional<Turn> TryJoin();
  // True when the turn has come; false, and out of the queue, when `deadline`
  // passed first.
  bool Wait(Turn turn, Clock& clock, absl::Time deadline);
  // Leaves the queue, having had the turn or not.
  void Leave(Turn turn);

 private:
  Mutex mu_;
  CondVar moved_;
  Turn next_ ABSL_GUARDED_BY(mu_) = 0;
  std::deque<Turn> queue_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_TURNS_H_
