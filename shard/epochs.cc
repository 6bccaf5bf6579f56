#include "shard/epochs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "shard/limits.h"

namespace rowhouse::shard {

absl::Status Epochs::CheckReachable(std::uint64_t epoch) const {
  const std::uint64_t end =
      std::min(kSnapshotEpochMax, wanted_ + kSnapshotEpochLeadMax);
  if (epoch < end) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("snapshot_epoch ", epoch, ", expected below ", end,
                   " since this shard is at epoch ", wanted_));
}

absl::Status Epochs::CheckNew(std::uint64_t epoch) const {
  ROWHOUSE_RETURN_IF_ERROR(CheckReachable(epoch));
  if (epoch >= floor_ || Mutated(Mutation::kEpochFloorIgnored)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("a push of snapshot epoch ", epoch,
                   " comes after the checkpoint that it belongs to; this shard "
                   "takes epoch ",
                   floor_, " and later"));
}

}  // namespace rowhouse::shard
