// Which step a push is to a table, and what the step knows beside gradients.
// Everything here belongs to Shard::State::push_mu, as Table::steps() does.
#ifndef ROWHOUSE_SHARD_STEPS_H_
#define ROWHOUSE_SHARD_STEPS_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "base/requests.h"
#include "kernels/optimizers/step_terms.h"
#include "shard/table.h"

namespace rowhouse::shard {

// What a push says of its step of one table.
struct AskedStep {
  std::optional<float> learning_rate;
  std::optional<std::uint64_t> table_step;  // set where the table is stepped
  friend bool operator==(const AskedStep&, const AskedStep&) = default;
};

// The terms of the step that the push would be: the rate sent, else that of the
// table's schedule, else its constant one; the trainer's step, or the greatest
// that the table has seen. FAILED_PRECONDITION of a stepped table, with both
// numbers: it is not the table's next step; the trainer's step does not rise; a
// session opened later owns the steps. INVALID_ARGUMENT: a step above
// kTrainerStepMax; the schedule has no rate there (pieces whose boundaries fall
// claim the step twice); the optimizer takes no such rate (ValidateRate).
absl::StatusOr<kernels::StepTerms> NextStep(const Table& table,
                                            const AskedStep& asked,
                                            const PushHeader& header);

// The push of that step is journaled.
void CountStep(Table& table, const kernels::StepTerms& terms,
               std::uint64_t session);

// The terms of a push that says nothing of them and comes first: what a journal
// record leaves out.
kernels::StepTerms PlainTerms(const Table& table, std::uint64_t step);

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_STEPS_H_
