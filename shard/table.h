// One table of a shard: what it is, and its rows by lane.
#ifndef ROWHOUSE_SHARD_TABLE_H_
#define ROWHOUSE_SHARD_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "base/hash.h"
#include "base/limits.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/ids.h"
#include "rowhouse/table_spec.h"
#include "shard/row_map.h"
#include "shard/step_log.h"
#include "shard/sweep.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

// A row that the row store does not have as it is in memory.
struct DirtyRow {
  Id id = 0;
  RowMap::Slot slot = 0;
};

// One lane's share of a table whose rows move without a gradient, beside its
// rows (docs/adr/0012).
struct SteppedLane {
  SteppedLane(StepLog log, Sweep sweep) : log(std::move(log)), sweep(sweep) {}

  StepLog log;  // the steps that the lane has done
  Lsn newest;   // record of the last of them
  Sweep sweep;
  std::vector<Id> ids;  // by slot: the sweep goes by slots
  // Rows of the sweep's latest portion: about those of the next one. For those
  // who plan work, without a lock.
  std::atomic<std::size_t> swept{0};
  // Where memory is bounded: no row that is not in memory misses a step below
  // this one.
  std::uint64_t cold_floor = log.first();
};

// Spec and routing are immutable and thread-safe. Rows, dirty lists and stepped
// lanes belong to the lanes of the shard, whose locks guard them (lane.h); the
// step state to Shard::State::push_mu.
class Table {
 public:
  // What the table's pushes have come to. Where rows move without a gradient
  // all steps that a row may miss; elsewhere the last one alone.
  struct Steps {
    StepLog log;
    std::uint64_t owner = 0;  // session that steps a stepped table; 0: none
  };

  // `lanes` is a power of two.
  Table(TableSpec spec, TableIncarnation incarnation, std::uint32_t lanes);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const TableSpec& spec() const { return spec_; }
  TableIncarnation incarnation() const { return incarnation_; }
  std::size_t dim() const { return spec_.dim; }
  std::size_t slot_floats() const { return slot_floats_; }
  // Of a row in memory and on disk: weights, slots and, of a stepped table, how
  // many steps it contains.
  std::size_t row_floats() const {
    return spec_.dim + slot_floats_ +
           (stepped_ ? storage::kStepCountFloats : 0);
  }
  // Rows move without a gradient: MovesEveryRow(spec()).
  bool stepped() const { return stepped_; }

  // One hash of an id serves bucket, lane and row index: they use different
  // bits of it.
  std::uint64_t Hash(Id id) const { return Mix64(id ^ table_hash_); }
  // The same as BucketFunction of the table.
  BucketId BucketOf(std::uint64_t hash) const {
    return whole_ ? whole_bucket_
                  : BucketId(static_cast<std::uint16_t>(hash >> kBucketShift));
  }
  // Neighbouring buckets lie in different lanes, so that a shard's range falls
  // evenly over all of them.
  std::uint32_t LaneOf(BucketId bucket) const {
    return bucket.value() & lane_mask_;
  }
  bool HasId(Id id) const { return spec_.rows == 0 || id < spec_.rows; }

  RowMap& rows(std::uint32_t lane) { return lanes_[lane].rows; }
  const RowMap& rows(std::uint32_t lane) const { return lanes_[lane].rows; }
  std::vector<DirtyRow>& dirty(std::uint32_t lane) {
    return lanes_[lane].dirty;
  }
  // Rows that were pushed or written, in memory or not.
  std::uint64_t& stored(std::uint32_t lane) { return lanes_[lane].stored; }
  std::uint64_t stored(std::uint32_t lane) const { return lanes_[lane].stored; }
  // What a row in memory takes, with its share of the index.
  std::size_t row_bytes() const {
    return row_floats() * sizeof(float) + kRowOverheadBytes;
  }

  Steps& steps() { return steps_; }
  const Steps& steps() const { return steps_; }
  // Null unless stepped().
  SteppedLane* stepped_lane(std::uint32_t lane) {
    return lanes_[lane].stepped.get();
  }
  const SteppedLane* stepped_lane(std::uint32_t lane) const {
    return lanes_[lane].stepped.get();
  }
  // Goes on from steps that were stored, in all lanes. REQUIRES: there are no
  // rows yet, or the log has as many steps now and knows all that rows miss.
  void LoadSteps(const storage::StoredSteps& stored);

  // Fills in the weights of a row that was never pushed (dim floats), or also
  // its slots and no step done (row_floats). Pure.
  void InitialWeights(Id id, float* row) const;
  void InitialRow(Id id, float* row) const;

  // Of a stepped table's row: how many steps it contains.
  std::uint64_t Done(const float* row) const;
  void SetDone(std::uint64_t steps, float* row) const;
  // Does the steps of `log` that each row misses, one at a time, all rows that
  // miss a step at once. Reorders `rows`, which are distinct. REQUIRES: the log
  // knows those steps, if there are any.
  void CatchUp(const StepLog& log, absl::Span<float*> rows) const;
  // The first row of `id` after all steps of `log`.
  void FirstRow(Id id, const StepLog& log, float* row) const;

 private:
  // LSN, marks, a slot that is not always used, fifteen bytes of index.
  static constexpr std::size_t kRowOverheadBytes = 32;
  static constexpr int kBucketShift = 50;
  static_assert(kBuckets == 1u << (64 - kBucketShift));

  struct alignas(64) LaneRows {  // lanes of different threads share no line
    RowMap rows;
    std::vector<DirtyRow> dirty;
    std::uint64_t stored = 0;
    std::unique_ptr<SteppedLane> stepped;
  };

  const TableSpec spec_;
  const TableIncarnation incarnation_;
  const std::uint64_t table_hash_;
  const std::size_t slot_floats_;
  const bool stepped_;
  const bool moves_untouched_;
  const bool whole_;
  const BucketId whole_bucket_;
  const std::uint32_t lane_mask_;
  std::vector<LaneRows> lanes_;
  Steps steps_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_TABLE_H_
