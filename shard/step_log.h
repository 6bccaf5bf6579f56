// The steps of a table whose rows move without a gradient (docs/adr/0012).
#ifndef ROWHOUSE_SHARD_STEP_LOG_H_
#define ROWHOUSE_SHARD_STEP_LOG_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "kernels/optimizers/optimizer.h"
#include "storage/data_dir.h"

namespace rowhouse::shard {

// What each step used beside gradients, from the oldest one that a row may
// still miss. Steps are counted from 0. A value; not thread-safe.
class StepLog {
 public:
  // Steps done: the number of the next one.
  std::uint64_t count() const { return first_ + size(); }
  // The oldest step that is known.
  std::uint64_t first() const { return first_; }
  std::size_t size() const { return terms_.size() - forgotten_; }

  // REQUIRES: size() > 0.
  const kernels::StepTerms& last() const { return terms_.back(); }

  void Append(const kernels::StepTerms& terms) { terms_.push_back(terms); }

  // Steps begin .. count() - 1. REQUIRES: first() <= begin <= count().
  absl::Span<const kernels::StepTerms> Since(std::uint64_t begin) const;

  // A copy without the steps below `begin`.
  StepLog From(std::uint64_t begin) const;

  // Steps below `step` are needed no more. The last one stays whatever it is:
  // a shard that lacks it is told what it was.
  void ForgetBelow(std::uint64_t step);

  storage::StoredSteps Store(std::uint64_t owner) const;
  static StepLog FromStored(const storage::StoredSteps& stored);

 private:
  std::uint64_t first_ = 0;
  // What was forgotten stays until it is half of all: amortised, nothing moves.
  std::size_t forgotten_ = 0;
  std::vector<kernels::StepTerms> terms_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_STEP_LOG_H_
