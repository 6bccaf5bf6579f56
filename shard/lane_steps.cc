// The half of a lane that brings rows up which no gradient names
// (docs/adr/0012).
#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "shard/lane.h"

namespace rowhouse::shard {

void Lane::EndStep(const PushWork::Piece& piece, Lsn lsn) {
  Table& table = *piece.table;
  SteppedLane& stepped = *table.stepped_lane(index_);
  {
    WriterLock lock(rows_mu_);
    stepped.log.ForgetBelow(FloorOf(stepped));
    stepped.log.Append(piece.terms);
    stepped.newest = lsn;
  }
  SweepSlots(table);
  SweepIds(table, lsn);
}

void Lane::CatchUpRows(const Batch& batch) {
  Table& table = *batch.table;
  const SteppedLane& stepped = *table.stepped_lane(index_);
  const RowMap& rows = table.rows(index_);
  const std::size_t row_floats = table.row_floats();
  caught_up_.resize(batch.ids.size() * row_floats);
  const float* first_row = new_rows_.data();
  behind_.clear();
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    float* const row = caught_up_.data() + i * row_floats;
    if (found_[i] == RowMap::kNoSlot) {
      std::memcpy(row, first_row, row_floats * sizeof(float));
      first_row += row_floats;
      continue;
    }
    std::memcpy(row, rows.values(found_[i]), row_floats * sizeof(float));
    // Replay meets rows that are ahead of it; those stay as they are.
    if (rows.lsn(found_[i]) < batch.lsn) behind_.push_back(row);
  }
  table.CatchUp(stepped.log, absl::MakeSpan(behind_));
}

void Lane::SweepSlots(Table& table) {
  SteppedLane& stepped = *table.stepped_lane(index_);
  RowMap& rows = table.rows(index_);
  const std::size_t row_floats = table.row_floats();
  const Sweep::Portion slots =
      stepped.sweep.NextSlots(rows.slots(), stepped.log.count());
  stepped.swept.store(slots.end - slots.begin, std::memory_order_relaxed);
  for (std::uint64_t begin = slots.begin; begin < slots.end;
       begin += kLaneBatchRows) {
    const auto count = static_cast<std::size_t>(
        std::min<std::uint64_t>(kLaneBatchRows, slots.end - begin));
    const auto first = static_cast<RowMap::Slot>(begin);
    caught_up_.resize(count * row_floats);
    behind_.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const auto slot = static_cast<RowMap::Slot>(first + i);
      if (rows.IsFree(slot)) continue;
      float* const row = caught_up_.data() + i * row_floats;
      std::memcpy(row, rows.values(slot), row_floats * sizeof(float));
      behind_.push_back(row);
    }
    table.CatchUp(stepped.log, absl::MakeSpan(behind_));
    WriterLock lock(rows_mu_);
    for (std::size_t i = 0; i < count; ++i) {
      const auto slot = static_cast<RowMap::Slot>(first + i);
      const float* const row = caught_up_.data() + i * row_floats;
      if (rows.IsFree(slot) ||
          table.Done(rows.values(slot)) == table.Done(row)) {
        continue;
      }
      std::memcpy(rows.values(slot), row, row_floats * sizeof(float));
      MarkDirty(table, stepped.ids[slot], slot);
    }
  }
}

// Makes rows of ids that nobody has touched, in batches under the lock.
void Lane::SweepIds(Table& table, Lsn lsn) {
  const RowMap& rows = table.rows(index_);
  const Sweep::Portion ids = table.stepped_lane(index_)->sweep.NextIds();
  std::uint64_t next = ids.begin;
  while (next < ids.end) {
    swept_ids_.clear();
    for (; next < ids.end && swept_ids_.size() < kLaneBatchRows; ++next) {
      const std::uint64_t hash = table.Hash(next);
      const BucketId bucket = table.BucketOf(hash);
      if (!buckets_.Contains(bucket) || table.LaneOf(bucket) != index_ ||
          rows.Find(next, hash) != RowMap::kNoSlot) {
        continue;
      }
      swept_ids_.push_back(next);
    }
    if (bounded()) {
      if (const absl::Status status = KeepUnstored(table); !status.ok()) {
        return memory_->fail(status);
      }
    }
    MakeRows(table, lsn);
  }
}

void Lane::MakeRows(Table& table, Lsn lsn) {
  const SteppedLane& stepped = *table.stepped_lane(index_);
  RowMap& rows = table.rows(index_);
  const std::size_t row_floats = table.row_floats();
  new_rows_.resize(swept_ids_.size() * row_floats);
  for (std::size_t i = 0; i < swept_ids_.size(); ++i) {
    table.FirstRow(swept_ids_[i], stepped.log,
                   new_rows_.data() + i * row_floats);
  }
  std::optional<RowMap::Index> larger = LargerIndex(table, swept_ids_.size());
  WriterLock lock(rows_mu_);
  if (larger.has_value()) rows.UseIndex(*std::move(larger));
  for (std::size_t i = 0; i < swept_ids_.size(); ++i) {
    const Id id = swept_ids_[i];
    const RowMap::Slot slot = InsertRow(table, id, table.Hash(id));
    std::memcpy(rows.values(slot), new_rows_.data() + i * row_floats,
                row_floats * sizeof(float));
    rows.set_lsn(slot, lsn);
    ++table.stored(index_);
    MarkDirty(table, id, slot);
  }
}

std::uint64_t Lane::StepFloor(const Table& table) {
  MutexLock lock(drain_mu_);
  return FloorOf(*table.stepped_lane(index_));
}

std::uint64_t Lane::FloorOf(const SteppedLane& stepped) const {
  const std::uint64_t warm = stepped.sweep.floor();
  return bounded() ? std::min(warm, stepped.cold_floor) : warm;
}

}  // namespace rowhouse::shard
