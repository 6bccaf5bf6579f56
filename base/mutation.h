// Bugs on purpose. Each breaks one rule of docs/reliability.md at the place
// that keeps it, so that the simulator can be seen to find it. A production
// build knows none: Mutated is false there before the compiler looks.
#ifndef ROWHOUSE_BASE_MUTATION_H_
#define ROWHOUSE_BASE_MUTATION_H_

namespace rowhouse {

enum class Mutation {
  kNone,
  kAckBeforeWrite,        // answered before the record is with the kernel
  kAckBeforeSync,         // POWER answered before the record is on the disk
  kDedupOutsideJournal,   // windows are not replayed from records
  kDedupSnapshotStale,    // the snapshot's LSN moves, the snapshot does not
  kWatermarkBeforeFlush,  // written before the rows it speaks of are flushed
  kMetadataBeforeSync,    // written before the journal is synced up to it
  kRecycleByWatermark,    // segments go without a look at the dedup snapshot
  kStampOffByOne,         // replay repeats a record that the row contains
  kWriteBackAboveSync,    // rows reach the disk before their records
  kFsyncErrorIgnored,     // a failed sync counts as one that worked
  kMarkBeforeSync,        // the mark vouches for what a power cut takes back
  kSegmentNameNotSynced,  // a segment takes records before its name is safe
  kOldSegmentsNotSynced,  // recovery answers for what may be in memory only
  kFailedSyncRepeated,    // recovery syncs what a failed sync has given up
  kTailCutEarly,          // the last whole record is taken for a torn one
  kChecksumUnchecked,     // a torn record is taken for a whole one
  kOpenSessionNotSynced,  // a session's number may be given out again
  kWindowIgnored,         // what the window has forgotten counts as new
  kStepsNotSaved,         // the log of steps is not saved with the watermarks
  kUnsyncedNameBelieved,  // a start acts upon what a power cut takes back
  kCutWithLaterEpochs,    // a restore takes records from beyond the cut
  kRestoreKeepsSessions,  // a push from before a restore is applied after it
  kOldRestoreObeyed,      // a restore that comes late undoes a newer one
  kEpochFloorIgnored,     // a new push is taken into a cut that is closed
  kEvictDirtyRow,         // a row that the row store lacks goes from memory
  kEvictedRowMadeNew,     // a push finds a row gone and begins it anew
};

#ifdef ROWHOUSE_SIMULATED
inline Mutation active_mutation = Mutation::kNone;
inline bool Mutated(Mutation mutation) { return mutation == active_mutation; }
#else
constexpr bool Mutated(Mutation) { return false; }
#endif

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_MUTATION_H_
