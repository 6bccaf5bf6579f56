// A lane: the stripe of buckets that one thread at a time works pushes in.
// Pushes come in LSN order and are worked in that order, whoever does it: a
// pusher that finds others before its own works those too. So nobody waits for
// a thread that may not come, and no lane needs one of its own.
//
// Two locks. `drain_mu` is held by whoever changes the lane's rows; `rows_mu`
// is held exclusively in addition, for short batches, while what lookups see
// changes. So rows may be read under either, and dirty lists, which lookups do
// not see, need drain_mu alone.
//
// Tables whose rows move without a gradient have a second half to each step
// (lane_steps.cc): a row is brought up to the step on a copy, outside rows_mu,
// and the lane's count of steps rises when all rows of the push are updated.
//
// Where the memory of rows is bounded (lane_memory.cc), clean rows go when room
// is needed, and rows that are not there are read from the row store, under
// drain_mu alone.
#ifndef ROWHOUSE_SHARD_LANE_H_
#define ROWHOUSE_SHARD_LANE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "kernels/aggregate.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "shard/push_work.h"
#include "shard/row_fetcher.h"
#include "shard/row_memory.h"
#include "shard/table.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

// Images of rows on their way to the row store.
struct ImageBatch {
  std::vector<storage::RowImage> images;  // into `values`
  std::vector<float> values;
  Lsn newest;  // greatest LSN of an image
};

// Thread-safe.
class Lane {
 public:
  // `buckets`: those of the shard.
  // `memory` is not bounded, or outlives the lane.
  explicit Lane(std::uint32_t index, BucketRange buckets = {0, kBuckets},
                RowMemory* memory = nullptr)
      : index_(index), buckets_(buckets), memory_(memory) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // REQUIRES: LSNs rise from call to call, and Drain(work.lsn()) returns before
  // `work` or what it points to goes away.
  void Enqueue(const PushWork& work);

  // Returns when everything enqueued with an LSN <= `lsn` is in the rows.
  void Drain(Lsn lsn);

  // For those who read rows, in order of the lanes where they take several.
  SharedMutex& rows_mu() const { return rows_mu_; }

  // Rows of the table may be evicted from now on; it is forgotten before it
  // goes. Both do nothing where memory is not bounded.
  void AddTable(Table& table);
  void RemoveTable(Table& table);
  void RemoveAllTables();

  // Write-back, one caller at a time. TakeDirty hands over the list of rows to
  // write; rows that change from now on begin a new one. CopyImages replaces
  // `batch` by the images of some of them; MarkWritten says that the row store
  // has them: only then may those be evicted that have not changed meanwhile.
  std::vector<DirtyRow> TakeDirty(Table& table);
  void CopyImages(Table& table, absl::Span<const DirtyRow> rows,
                  ImageBatch& batch);
  void MarkWritten(Table& table, absl::Span<const DirtyRow> rows);
  // Takes back what could not be written: `copied` rows whose images were
  // made, and `rest` whose were not.
  void ReturnDirty(Table& table, absl::Span<const DirtyRow> copied,
                   absl::Span<const DirtyRow> rest);

  // No row of a stepped table misses a step below this one.
  std::uint64_t StepFloor(const Table& table);

  // Counts a row of the row store, and adds it, clean, unless memory is bounded
  // and there is no room. REQUIRES: the table has no such row; image.values has
  // row_floats.
  void Load(Table& table, const storage::RowImage& image);

  // No row of a stepped table misses a step below these, in memory and
  // elsewhere.
  struct StepFloors {
    std::uint64_t warm = 0;
    std::uint64_t cold = 0;
  };
  StepFloors FloorsOf(const Table& table);
  // Brings these rows, which the row store has, up to all steps of the lane
  // where they are not in memory. For the sweep over cold rows.
  absl::Status CatchUpCold(Table& table, absl::Span<const Id> ids);
  // No row that is not in memory misses a step below `floor` any more.
  void SetColdFloor(Table& table, std::uint64_t floor);

 private:
  // A batch of distinct rows of one table.
  struct Batch {
    Table* table = nullptr;
    absl::Span<const Id> ids;
    absl::Span<const float* const> values;
    absl::Span<const float* const> slots;
    Lsn lsn;
    bool writes = false;
    kernels::StepTerms terms;  // gradients only
  };

  const PushWork* Pop(Lsn lsn);
  void Work(const PushWork& work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  void ApplyGradients(const PushWork::Piece& piece, Lsn lsn)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  void ApplyBatches(const Batch& all) ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  void ApplyBatch(const Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // Finds the batch's rows, reads those that are not in memory and computes
  // those that are new.
  absl::StatusOr<std::optional<RowMap::Index>> Prepare(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  void InsertNewRows(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_, rows_mu_);
  void UpdateRows(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_, rows_mu_);
  // A larger index, unless there is room for `more` rows.
  std::optional<RowMap::Index> LargerIndex(const Table& table, std::size_t more)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // Adds a row of zeros. REQUIRES: there is room for it.
  RowMap::Slot InsertRow(Table& table, Id id, std::uint64_t hash)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_, rows_mu_);
  void MarkDirty(Table& table, Id id, RowMap::Slot slot)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);

  // --- lane_steps.cc
  // What comes after the gradients of a step: it is counted, and the sweep goes
  // on.
  void EndStep(const PushWork::Piece& piece, Lsn lsn)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // Copies the batch's rows into caught_up_, with all steps so far.
  void CatchUpRows(const Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  void SweepSlots(Table& table) ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  void SweepIds(Table& table, Lsn lsn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // No row misses a step below this one.
  std::uint64_t FloorOf(const SteppedLane& stepped) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // First rows of swept_ids_, after all steps of the lane.
  void MakeRows(Table& table, Lsn lsn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);

  // --- lane_memory.cc
  bool bounded() const { return memory_ != nullptr && memory_->bounded(); }
  // Evicts until `rows` more of the table fit, or no clean row is left.
  void MakeRoom(const Table& table, std::size_t rows)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // Returns how many bytes went.
  std::uint64_t Evict(Table& table, std::uint64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // Leaves those of swept_ids_ that the row store does not have, and makes room
  // for them.
  absl::Status KeepUnstored(const Table& table)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);
  // Puts those of the batch's missing rows that the row store has into
  // new_rows_, with all steps of the lane where it is behind them.
  absl::Status FetchMissing(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(drain_mu_);

  const std::uint32_t index_;
  const BucketRange buckets_;
  RowMemory* const memory_;

  Mutex queue_mu_;  // after drain_mu_
  std::deque<const PushWork*> queue_ ABSL_GUARDED_BY(queue_mu_);

  Mutex drain_mu_;
  mutable SharedMutex rows_mu_ ABSL_ACQUIRED_AFTER(drain_mu_);

  // Memory kept from batch to batch.
  kernels::Aggregator aggregator_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<Id> finite_ids_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<const float*> finite_sums_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<std::uint64_t> hashes_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<RowMap::Slot> found_ ABSL_GUARDED_BY(drain_mu_);
  // The batch's rows that are not in memory, in its order: floats, and where
  // the row store has them their LSN.
  std::vector<float> new_rows_ ABSL_GUARDED_BY(drain_mu_);
  struct Fetched {
    bool stored = false;
    Lsn lsn;
  };
  std::vector<Fetched> fetched_ ABSL_GUARDED_BY(drain_mu_);
  RowFetcher fetcher_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<float> caught_up_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<float*> behind_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<Id> swept_ids_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<float*> rows_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<const float*> gradients_ ABSL_GUARDED_BY(drain_mu_);

  // Where memory is bounded: what may be evicted from, whose turn it is, and
  // what the rows of all of them take.
  std::vector<Table*> tables_ ABSL_GUARDED_BY(drain_mu_);
  std::size_t next_table_ ABSL_GUARDED_BY(drain_mu_) = 0;
  std::uint64_t used_bytes_ ABSL_GUARDED_BY(drain_mu_) = 0;
  std::vector<RowMap::Victim> victims_ ABSL_GUARDED_BY(drain_mu_);
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_LANE_H_
