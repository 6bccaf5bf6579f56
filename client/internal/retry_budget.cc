#include "client/internal/retry_budget.h"

#include <algorithm>

namespace rowhouse::internal {

absl::Duration RetryBudget::Take(absl::Time now) {
  MutexLock lock(mu_);
  // A clock that goes back adds nothing.
  if (filled_ != absl::InfinitePast() && now > filled_) {
    Add(absl::ToDoubleSeconds(now - filled_) * options_.per_second);
  }
  filled_ = now;
  tokens_ -= 1;
  return absl::Seconds(std::max(0.0, -tokens_) / options_.per_second);
}

void RetryBudget::Return() {
  MutexLock lock(mu_);
  Add(1);
}

void RetryBudget::Succeeded() {
  MutexLock lock(mu_);
  Add(options_.per_success);
}

void RetryBudget::Add(double tokens) {
  tokens_ = std::min(options_.tokens_max, tokens_ + tokens);
}

}  // namespace rowhouse::internal
