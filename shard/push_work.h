// One push (or write) after its checks, sorted by table and lane: what a
// journal record does to rows, live and in replay.
#ifndef ROWHOUSE_SHARD_PUSH_WORK_H_
#define ROWHOUSE_SHARD_PUSH_WORK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "shard/table.h"

namespace rowhouse::shard {

// An input whose table is known and whose shapes were checked.
struct ResolvedInput {
  Table* table = nullptr;
  BagsView bags;
  absl::Span<const float> gradients;  // bags x dim
};

struct ResolvedRows {
  Table* table = nullptr;
  absl::Span<const Id> ids;
  absl::Span<const float> weights;  // ids x dim
  absl::Span<const float> slots;    // ids x slot_floats, or empty
};

// INVALID_ARGUMENT unless `id` is below the table's rows; FAILED_PRECONDITION
// unless its bucket is one of `buckets`.
absl::Status CheckId(const Table& table, Id id, BucketRange buckets);

// Points into the request; keeps its own memory from push to push. Filled by
// one thread, then read by those that work its lanes.
class PushWork {
 public:
  // What a push does to one table in one lane.
  struct Piece {
    Table* table = nullptr;
    bool writes = false;       // rows are set; else gradients are applied
    absl::Span<const Id> ids;  // in batch position order
    // By id. Gradients: dim floats of its bag. Writes: the new weights.
    absl::Span<const float* const> values;
    // By id. Writes only: the new slots; empty: those of a first row.
    absl::Span<const float* const> slots;
    absl::Span<const float> weights;  // gradients only; empty: all 1
  };

  // Inputs of one table are joined in their order. Errors of CheckId; then the
  // work is empty.
  absl::Status FillGradients(absl::Span<const ResolvedInput> inputs,
                             BucketRange buckets, std::uint32_t lanes);
  absl::Status FillRows(const ResolvedRows& rows, BucketRange buckets,
                        std::uint32_t lanes);

  // The trainer's step, which a push carries: for rates and bias corrections.
  std::uint64_t step() const { return step_; }
  void set_step(std::uint64_t step) { step_ = step; }

  // Of the record that holds it.
  Lsn lsn() const { return lsn_; }
  void set_lsn(Lsn lsn) { lsn_ = lsn; }

  std::size_t tables() const { return groups_.size(); }
  // REQUIRES: table < tables(). Its ids are empty where the lane has nothing.
  Piece piece(std::size_t table, std::uint32_t lane) const;
  // Lanes that have something to do, rising.
  absl::Span<const std::uint32_t> lanes() const { return busy_lanes_; }
  // Ids over all tables, and the floats of their rows.
  std::size_t ids() const { return ids_.size(); }
  std::size_t floats() const { return floats_; }

 private:
  struct Group {
    Table* table = nullptr;
    bool weighted = false;
    std::size_t begin = 0;  // of its occurrences
  };

  void Clear(std::uint32_t lanes);
  // Finds the lane of each id of the group's next `ids` occurrences.
  absl::Status Route(const Table& table, absl::Span<const Id> ids,
                     BucketRange buckets);
  // Turns the counts of the last group into the place of its first occurrence
  // by lane, and makes room.
  void Arrange();
  void Scatter(const ResolvedInput& input, std::size_t first, bool weighted);
  void FindBusyLanes();

  std::uint64_t step_ = 0;
  Lsn lsn_;
  bool writes_ = false;
  bool has_slots_ = false;
  std::uint32_t lane_count_ = 0;
  std::size_t floats_ = 0;
  std::vector<Group> groups_;
  // groups x (lanes + 1): where a lane's occurrences begin.
  std::vector<std::size_t> begins_;
  std::vector<std::size_t> next_;      // by lane, while scattering
  std::vector<std::uint8_t> lane_of_;  // of the group's occurrences
  std::vector<Id> ids_;                // by group, lane, position
  std::vector<const float*> values_;
  std::vector<const float*> slots_;
  std::vector<float> weights_;
  std::vector<std::uint32_t> busy_lanes_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_PUSH_WORK_H_
