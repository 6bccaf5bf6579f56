#include "shard/steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "kernels/schedule.h"

namespace rowhouse::shard {
namespace {

absl::StatusOr<float> RateOf(const Table& table, const AskedStep& asked,
                             std::uint64_t step) {
  const auto checked = [&](float rate) -> absl::StatusOr<float> {
    const absl::Status valid = ValidateRate(table.spec().optimizer, rate);
    if (valid.ok()) return rate;
    return absl::Status(valid.code(),
                        absl::StrCat("table '", table.spec().name, "', step ",
                                     step, ": ", valid.message()));
  };
  if (asked.learning_rate.has_value()) return checked(*asked.learning_rate);
  const ScheduleSpec& schedule = table.spec().update.schedule;
  const std::optional<float> rate = kernels::LearningRate(
      schedule, LearningRate(table.spec().optimizer), step);
  if (rate.has_value()) return checked(*rate);
  return absl::InvalidArgumentError(
      absl::StrCat("table '", table.spec().name, "': ", ScheduleName(schedule),
                   " has two rates at step ", step));
}

absl::Status CheckStepped(const Table& table, const AskedStep& asked,
                          const PushHeader& header) {
  const Table::Steps& steps = table.steps();
  const auto refuse = [&](const auto&... parts) {
    return absl::FailedPreconditionError(
        absl::StrCat("table '", table.spec().name, "': ", parts...));
  };
  if (header.session.number < steps.owner) {
    return refuse("session ", header.session.number,
                  " pushes to a table whose rows move at every step and whose "
                  "steps session ",
                  steps.owner, " does; one trainer alone can");
  }
  if (*asked.table_step != steps.log.count()) {
    return refuse("step ", *asked.table_step,
                  " of the table, but the next one of this shard is ",
                  steps.log.count());
  }
  if (steps.log.size() > 0 && header.step <= steps.log.last().step) {
    return refuse("the trainer's step is ", header.step,
                  ", but the table has had step ", steps.log.last().step,
                  "; give each push the trainer's step, one more than the last "
                  "(PushOptions::step)");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<kernels::StepTerms> NextStep(const Table& table,
                                            const AskedStep& asked,
                                            const PushHeader& header) {
  std::uint64_t step = header.step;
  if (step > kTrainerStepMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the trainer's step is ", step, ", at most ", kTrainerStepMax));
  }
  if (table.stepped()) {
    ROWHOUSE_RETURN_IF_ERROR(CheckStepped(table, asked, header));
  } else if (table.steps().log.size() > 0) {
    step = std::max(step, table.steps().log.last().step);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const float rate, RateOf(table, asked, step));
  return kernels::StepTerms{rate, step};
}

void CountStep(Table& table, const kernels::StepTerms& terms,
               std::uint64_t session) {
  Table::Steps& steps = table.steps();
  steps.log.Append(terms);
  if (table.stepped()) {
    steps.owner = session;
  } else {
    steps.log.ForgetBelow(steps.log.count() - 1);
  }
}

kernels::StepTerms PlainTerms(const Table& table, std::uint64_t step) {
  return {LearningRate(table.spec().optimizer), step};
}

}  // namespace rowhouse::shard
