// One table of a shard: what it is, and its rows by lane.
#ifndef ROWHOUSE_SHARD_TABLE_H_
#define ROWHOUSE_SHARD_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "base/hash.h"
#include "base/limits.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/ids.h"
#include "rowhouse/table_spec.h"
#include "shard/row_map.h"

namespace rowhouse::shard {

// A row that the row store does not have as it is in memory.
struct DirtyRow {
  Id id = 0;
  RowMap::Slot slot = 0;
};

// Spec and routing are immutable and thread-safe. Rows and dirty lists belong
// to the lanes of the shard, whose locks guard them (lane.h).
class Table {
 public:
  // `lanes` is a power of two.
  Table(TableSpec spec, TableIncarnation incarnation, std::uint32_t lanes);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const TableSpec& spec() const { return spec_; }
  TableIncarnation incarnation() const { return incarnation_; }
  std::size_t dim() const { return spec_.dim; }
  std::size_t slot_floats() const { return slot_floats_; }
  std::size_t row_floats() const { return spec_.dim + slot_floats_; }

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

  // What a push of the trainer's step `step` does to this table: the schedule's
  // rate or the constant one. INVALID_ARGUMENT: the schedule has no rate there
  // (pieces whose boundaries fall claim the step twice).
  absl::StatusOr<kernels::StepTerms> Terms(std::uint64_t step) const;

  // Fills in the weights of a row that was never pushed (dim floats), or also
  // its slots (row_floats). Pure.
  void InitialWeights(Id id, float* row) const;
  void InitialRow(Id id, float* row) const;

 private:
  static constexpr int kBucketShift = 50;
  static_assert(kBuckets == 1u << (64 - kBucketShift));

  struct alignas(64) LaneRows {  // lanes of different threads share no line
    RowMap rows;
    std::vector<DirtyRow> dirty;
  };

  const TableSpec spec_;
  const TableIncarnation incarnation_;
  const std::uint64_t table_hash_;
  const std::size_t slot_floats_;
  const bool whole_;
  const BucketId whole_bucket_;
  const std::uint32_t lane_mask_;
  std::vector<LaneRows> lanes_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_TABLE_H_
