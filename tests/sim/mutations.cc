#include "tests/sim/mutations.h"

#include "tests/sim/world.h"

namespace rowhouse::sim {

absl::Span<const NamedMutation> Mutations() {
  static constexpr NamedMutation kMutations[] = {
      {"ack_before_write", Mutation::kAckBeforeWrite},
      {"ack_before_sync", Mutation::kAckBeforeSync},
      {"dedup_outside_journal", Mutation::kDedupOutsideJournal},
      {"dedup_snapshot_stale", Mutation::kDedupSnapshotStale},
      {"watermark_before_flush", Mutation::kWatermarkBeforeFlush},
      {"metadata_before_sync", Mutation::kMetadataBeforeSync},
      {"recycle_by_watermark", Mutation::kRecycleByWatermark},
      {"stamp_off_by_one", Mutation::kStampOffByOne},
      {"write_back_above_sync", Mutation::kWriteBackAboveSync},
      {"fsync_error_ignored", Mutation::kFsyncErrorIgnored},
      {"mark_before_sync", Mutation::kMarkBeforeSync},
      {"segment_name_not_synced", Mutation::kSegmentNameNotSynced},
      {"old_segments_not_synced", Mutation::kOldSegmentsNotSynced},
      {"failed_sync_repeated", Mutation::kFailedSyncRepeated},
      {"tail_cut_early", Mutation::kTailCutEarly},
      {"checksum_unchecked", Mutation::kChecksumUnchecked},
      {"open_session_not_synced", Mutation::kOpenSessionNotSynced},
      {"window_ignored", Mutation::kWindowIgnored},
      {"steps_not_saved", Mutation::kStepsNotSaved},
      {"unsynced_name_believed", Mutation::kUnsyncedNameBelieved},
      {"cut_with_later_epochs", Mutation::kCutWithLaterEpochs},
      {"restore_keeps_sessions", Mutation::kRestoreKeepsSessions},
      {"old_restore_obeyed", Mutation::kOldRestoreObeyed},
      {"epoch_floor_ignored", Mutation::kEpochFloorIgnored},
      {"evict_dirty_row", Mutation::kEvictDirtyRow},
      {"evicted_row_made_new", Mutation::kEvictedRowMadeNew},
  };
  return kMutations;
}

std::optional<Finding> Hunt(Mutation mutation, std::uint64_t first_seed,
                            std::uint64_t seeds) {
  active_mutation = mutation;
  std::optional<Finding> found;
  for (std::uint64_t i = 0; i < seeds && !found.has_value(); ++i) {
    const Outcome outcome = Simulate(first_seed + i, /*tell=*/false);
    if (outcome.failure.empty()) continue;
    found = Finding{first_seed + i,
                    outcome.failure.substr(0, outcome.failure.find('\n'))};
  }
  active_mutation = Mutation::kNone;
  return found;
}

}  // namespace rowhouse::sim
