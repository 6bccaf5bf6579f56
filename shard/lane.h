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
#ifndef ROWHOUSE_SHARD_LANE_H_
#define ROWHOUSE_SHARD_LANE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "base/mutex.h"
#include "kernels/aggregate.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "shard/push_work.h"
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
  explicit Lane(std::uint32_t index, BucketRange buckets = {0, kBuckets})
      : index_(index), buckets_(buckets) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // REQUIRES: LSNs rise from call to call, and Drain(work.lsn()) returns before
  // `work` or what it points to goes away.
  void Enqueue(const PushWork& work);

  // Returns when everything enqueued with an LSN <= `lsn` is in the rows.
  void Drain(Lsn lsn);

  // For those who read rows, in order of the lanes where they take several.
  SharedMutex& rows_mu() const { return rows_mu_; }

  // Write-back, one caller at a time. TakeDirty hands over the list of rows to
  // write; rows that change from now on begin a new one. CopyImages replaces
  // `batch` by the images of some of them and calls those clean.
  std::vector<DirtyRow> TakeDirty(Table& table);
  void CopyImages(Table& table, absl::Span<const DirtyRow> rows,
                  ImageBatch& batch);
  // Takes back what could not be written: `copied` rows whose images were
  // made, and `rest` whose were not.
  void ReturnDirty(Table& table, absl::Span<const DirtyRow> copied,
                   absl::Span<const DirtyRow> rest);

  // No row of a stepped table misses a step below this one.
  std::uint64_t StepFloor(const Table& table);

  // Adds a row of the row store, clean. REQUIRES: the table has no such row;
  // image.values has row_floats.
  void Load(Table& table, const storage::RowImage& image);

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
  // Finds the batch's rows and computes those that are new.
  std::optional<RowMap::Index> Prepare(const Batch& batch)
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

  const std::uint32_t index_;
  const BucketRange buckets_;

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
  std::vector<float> new_rows_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<float> caught_up_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<float*> behind_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<Id> swept_ids_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<float*> rows_ ABSL_GUARDED_BY(drain_mu_);
  std::vector<const float*> gradients_ ABSL_GUARDED_BY(drain_mu_);
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_LANE_H_
