#include "client/internal/table_steps.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {

absl::Status TableSteps::Number(absl::Span<OutgoingPush::Part> parts,
                                absl::Time deadline) {
  for (OutgoingPush::Part& part : parts) {
    for (PushInput& input : part.inputs) {
      if (!input.table_step.has_value()) continue;
      if (!next_.contains(input.incarnation)) {
        ROWHOUSE_RETURN_IF_ERROR(Ask(input, deadline));
      }
      input.table_step = next_.at(input.incarnation);
    }
  }
  return absl::OkStatus();
}

absl::Status TableSteps::Ask(const PushInput& input, absl::Time deadline) {
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
  for (std::uint32_t s = 0; s < infos.size(); ++s) {
    if (infos[s].incarnation != input.incarnation) {
      return absl::FailedPreconditionError(absl::StrCat(
          cluster_.Name(ShardIndex(s)), " has table '", input.table,
          "' with incarnation ", infos[s].incarnation.value(),
          ", the push is for ", input.incarnation.value()));
    }
    if (infos[s].steps != infos[0].steps) {
      return absl::FailedPreconditionError(absl::StrCat(
          "table '", input.table, "' has done ", infos[0].steps, " steps on ",
          cluster_.Name(ShardIndex(0)), ", ", infos[s].steps, " on ",
          cluster_.Name(ShardIndex(s)),
          ": an acknowledged step was lost, or some shards refused a push; "
          "restore a checkpoint"));
    }
  }
  next_[input.incarnation] = infos[0].steps;
  return absl::OkStatus();
}

void TableSteps::Count(absl::Span<const OutgoingPush::Part> parts) {
  for (const OutgoingPush::Part& part : parts) {
    for (const PushInput& input : part.inputs) {
      if (!input.table_step.has_value()) continue;
      next_[input.incarnation] = *input.table_step + 1;
    }
  }
}

}  // namespace rowhouse::internal
