#include "client/internal/table_steps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"

namespace rowhouse::internal {

absl::StatusOr<std::optional<MissingStep>> TableSteps::Number(
    absl::Span<OutgoingPush::Part> parts, absl::Time deadline) {
  for (OutgoingPush::Part& part : parts) {
    for (PushInput& input : part.inputs) {
      if (!input.table_step.has_value()) continue;
      if (!next_.contains(input.incarnation)) {
        ROWHOUSE_ASSIGN_OR_RETURN(std::optional<MissingStep> missing,
                                  Ask(input, deadline));
        if (missing.has_value()) return missing;
      }
      input.table_step = next_.at(input.incarnation);
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<MissingStep>> TableSteps::Ask(
    const PushInput& input, absl::Time deadline) {
  std::vector<TableInfo> infos(cluster_.shard_count());
  ROWHOUSE_RETURN_IF_ERROR(cluster_.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub,
          absl::Time try_deadline) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(
            infos[shard.value()],
            stub.DescribeTable(input.table, try_deadline));
        return absl::OkStatus();
      }));
  ROWHOUSE_ASSIGN_OR_RETURN(std::optional<MissingStep> missing,
                            Compare(input, infos));
  if (!missing.has_value()) next_[input.incarnation] = infos[0].steps;
  return missing;
}

absl::StatusOr<std::optional<MissingStep>> TableSteps::Compare(
    const PushInput& input, const std::vector<TableInfo>& infos) const {
  const auto name = [this](std::size_t shard) {
    return cluster_.Name(ShardIndex(static_cast<std::uint32_t>(shard)));
  };
  std::size_t ahead = 0;
  for (std::size_t s = 0; s < infos.size(); ++s) {
    if (infos[s].incarnation != input.incarnation) {
      return absl::FailedPreconditionError(
          absl::StrCat(name(s), " has table '", input.table,
                       "' with incarnation ", infos[s].incarnation.value(),
                       ", the push is for ", input.incarnation.value()));
    }
    if (infos[s].steps > infos[ahead].steps) ahead = s;
  }
  const TableInfo& most = infos[ahead];
  MissingStep missing{.table = std::string(input.table),
                      .incarnation = input.incarnation,
                      .number = most.steps - 1,
                      .terms = most.last_step.value_or(TableStep())};
  for (std::size_t s = 0; s < infos.size(); ++s) {
    const bool lacks = infos[s].steps + 1 == most.steps;
    if (infos[s].steps != most.steps &&
        !(lacks && most.last_step.has_value())) {
      return absl::FailedPreconditionError(absl::StrCat(
          "table '", input.table, "' has done ", most.steps, " steps on ",
          name(ahead), ", ", infos[s].steps, " on ", name(s),
          ": acknowledged steps were lost; restore a checkpoint"));
    }
    if (lacks) {
      missing.shards.emplace_back(static_cast<std::uint32_t>(s));
    } else if (infos[s].last_step != most.last_step) {
      return absl::FailedPreconditionError(absl::StrCat(
          "step ", most.steps - 1, " of table '", input.table,
          "' is another on ", name(ahead), " than on ", name(s),
          ": two trainers stepped the table at once; restore a checkpoint"));
    }
  }
  if (missing.shards.empty()) return std::nullopt;
  return missing;
}

void TableSteps::Count(absl::Span<const OutgoingPush::Part> parts) {
  // Tables that are gone are not told from others: those that live ask again.
  if (next_.size() > kTablesMax) Forget();
  for (const OutgoingPush::Part& part : parts) {
    for (const PushInput& input : part.inputs) {
      if (!input.table_step.has_value()) continue;
      next_[input.incarnation] = *input.table_step + 1;
    }
  }
}

}  // namespace rowhouse::internal
