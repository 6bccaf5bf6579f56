#include "shard/epochs.h"

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/mutation.h"

namespace rowhouse::shard {

absl::Status Epochs::CheckNew(std::uint64_t epoch) const {
  if (epoch >= kSnapshotEpochMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "snapshot_epoch ", epoch, ", expected below ", kSnapshotEpochMax));
  }
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
