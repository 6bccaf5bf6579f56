#include "shard/steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "kernels/schedule.h"

namespace rowhouse::shard {
namespace {

float RateOf(const Table& table, const AskedStep& asked, std::uint64_t step) {
  if (asked.learning_rate.has_value()) return *asked.learning_rate;
  const TableSpec& spec = table.spec();
  if (!std::holds_alternative<std::monostate>(spec.update.schedule)) {
    return kernels::LearningRate(spec.update.schedule, step);
  }
  return LearningRate(spec.optimizer);
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
                  ", but the table has had step ", steps.log.last().step);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<kernels::StepTerms> NextStep(const Table& table,
                                            const AskedStep& asked,
                                            const PushHeader& header) {
  std::uint64_t step = header.step;
  if (table.stepped()) {
    if (const absl::Status status = CheckStepped(table, asked, header);
        !status.ok()) {
      return status;
    }
  } else if (table.steps().log.size() > 0) {
    step = std::max(step, table.steps().log.last().step);
  }
  return kernels::StepTerms{RateOf(table, asked, step), step};
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
