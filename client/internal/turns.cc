#include "client/internal/turns.h"

#include <algorithm>

namespace rowhouse::internal {

Turns::Turn Turns::Join() {
  MutexLock lock(mu_);
  queue_.push_back(next_);
  return next_++;
}

std::optional<Turns::Turn> Turns::TryJoin() {
  MutexLock lock(mu_);
  if (!queue_.empty()) return std::nullopt;
  queue_.push_back(next_);
  return next_++;
}

bool Turns::Wait(Turn turn, Clock& clock, absl::Time deadline) {
  MutexLock lock(mu_);
  while (queue_.front() != turn) {
    const absl::Duration left = deadline - clock.Now();
    if (left <= absl::ZeroDuration()) {
      queue_.erase(std::find(queue_.begin(), queue_.end(), turn));
      return false;
    }
    moved_.WaitFor(mu_, std::min(left, absl::Hours(1)));
  }
  return true;
}

void Turns::Leave(Turn turn) {
  {
    MutexLock lock(mu_);
    queue_.erase(std::find(queue_.begin(), queue_.end(), turn));
  }
  moved_.NotifyAll();
}

}  // namespace rowhouse::internal
