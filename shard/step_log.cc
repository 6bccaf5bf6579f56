#include "shard/step_log.h"

#include <algorithm>

namespace rowhouse::shard {

absl::Span<const kernels::StepTerms> StepLog::Since(std::uint64_t begin) const {
  return absl::MakeConstSpan(terms_).subspan(forgotten_ + (begin - first_));
}

StepLog StepLog::From(std::uint64_t begin) const {
  StepLog from;
  from.first_ = std::clamp(begin, first_, count());
  const auto terms = Since(from.first_);
  from.terms_.assign(terms.begin(), terms.end());
  return from;
}

void StepLog::ForgetBelow(std::uint64_t step) {
  if (size() == 0) return;
  step = std::min(step, count() - 1);
  if (step <= first_) return;
  const std::uint64_t forget = step - first_;
  first_ += forget;
  forgotten_ += forget;
  if (2 * forgotten_ < terms_.size()) return;
  terms_.erase(terms_.begin(),
               terms_.begin() + static_cast<std::ptrdiff_t>(forgotten_));
  forgotten_ = 0;
}

storage::StoredSteps StepLog::Store(std::uint64_t owner) const {
  storage::StoredSteps stored{.first = first_, .owner = owner};
  for (const kernels::StepTerms& terms : Since(first_)) {
    stored.learning_rates.push_back(terms.learning_rate);
    stored.iterations.push_back(terms.step);
  }
  return stored;
}

StepLog StepLog::FromStored(const storage::StoredSteps& stored) {
  StepLog log;
  log.first_ = stored.first;
  for (std::size_t i = 0; i < stored.iterations.size(); ++i) {
    log.Append({stored.learning_rates[i], stored.iterations[i]});
  }
  return log;
}

}  // namespace rowhouse::shard
