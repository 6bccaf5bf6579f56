// The part of a lane that keeps its rows within a bound: which go, and how
// those that are not in memory come back (docs/adr/0015).
#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "shard/lane.h"

namespace rowhouse::shard {

void Lane::AddTable(Table& table) {
  if (!bounded()) return;
  MutexLock lock(drain_mu_);
  tables_.push_back(&table);
}

void Lane::RemoveTable(Table& table) {
  if (!bounded()) return;
  MutexLock lock(drain_mu_);
  std::erase(tables_, &table);
  used_bytes_ -= table.rows(index_).size() * table.row_bytes();
  memory_->dirty_bytes -= table.dirty(index_).size() * table.row_bytes();
}

void Lane::RemoveAllTables() {
  MutexLock lock(drain_mu_);
  tables_.clear();
  used_bytes_ = 0;
}

void Lane::MakeRoom(const Table& table, std::size_t rows) {
  const std::uint64_t needed = used_bytes_ + rows * table.row_bytes();
  if (needed <= memory_->lane_bytes_max) return;
  std::uint64_t over = needed - memory_->lane_bytes_max;
  // Twice round: the first time passes over what was touched.
  for (std::size_t turn = 0; turn < 2 * tables_.size() && over > 0; ++turn) {
    Table& from = *tables_[next_table_++ % tables_.size()];
    over -= std::min(over, Evict(from, over));
  }
}

std::uint64_t Lane::Evict(Table& table, std::uint64_t bytes) {
  RowMap& rows = table.rows(index_);
  const auto hash_of = [&](Id id) { return table.Hash(id); };
  std::uint64_t evicted = 0;
  std::size_t places = rows.index_places();
  while (evicted < bytes && places > 0) {
    const std::size_t wanted =
        (bytes - evicted + table.row_bytes() - 1) / table.row_bytes();
    victims_.clear();
    places -=
        rows.FindVictims(std::min(wanted, kLaneBatchRows), places, victims_);
    if (victims_.empty()) break;
    WriterLock lock(rows_mu_);
    for (const RowMap::Victim& victim : victims_) {
      rows.Erase(victim.id, victim.slot, hash_of);
    }
    evicted += victims_.size() * table.row_bytes();
  }
  used_bytes_ -= evicted;
  return evicted;
}

absl::Status Lane::FetchMissing(const Batch& batch) {
  const Table& table = *batch.table;
  const std::size_t row_floats = table.row_floats();
  fetcher_.Begin(table);
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    if (found_[i] != RowMap::kNoSlot) continue;
    fetcher_.Add(batch.ids[i], hashes_[i]);
  }
  ROWHOUSE_RETURN_IF_ERROR(fetcher_.Fetch(*memory_->store));
  behind_.clear();
  for (std::size_t i = 0; i < fetcher_.size(); ++i) {
    if (!fetcher_.found(i) || Mutated(Mutation::kEvictedRowMadeNew)) continue;
    float* const row = new_rows_.data() + i * row_floats;
    std::memcpy(row, fetcher_.values(i), row_floats * sizeof(float));
    fetched_[i] = {true, fetcher_.lsn(i)};
    behind_.push_back(row);
  }
  // From here on the lane's own sweep answers for them. One that is ahead of a
  // replay stays as it is.
  if (const SteppedLane* const stepped = table.stepped_lane(index_)) {
    table.CatchUp(stepped->log, absl::MakeSpan(behind_));
  }
  return absl::OkStatus();
}

absl::Status Lane::KeepUnstored(const Table& table) {
  MakeRoom(table, swept_ids_.size());
  fetcher_.Begin(table);
  for (const Id id : swept_ids_) fetcher_.Add(id, table.Hash(id));
  ROWHOUSE_RETURN_IF_ERROR(fetcher_.Fetch(*memory_->store));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < swept_ids_.size(); ++i) {
    if (!fetcher_.found(i)) swept_ids_[kept++] = swept_ids_[i];
  }
  swept_ids_.resize(kept);
  return absl::OkStatus();
}

void Lane::MarkWritten(Table& table, absl::Span<const DirtyRow> rows) {
  if (!bounded()) return;
  for (std::size_t begin = 0; begin < rows.size(); begin += kLaneBatchRows) {
    const auto batch = rows.subspan(begin, kLaneBatchRows);
    MutexLock lock(drain_mu_);
    for (const DirtyRow row : batch) table.rows(index_).MarkWritten(row.slot);
  }
  memory_->dirty_bytes -= rows.size() * table.row_bytes();
}

absl::Status Lane::CatchUpCold(Table& table, absl::Span<const Id> ids) {
  MutexLock lock(drain_mu_);
  Batch batch{.table = &table, .ids = ids};
  ROWHOUSE_ASSIGN_OR_RETURN(std::optional<RowMap::Index> larger,
                            Prepare(batch));
  RowMap& rows = table.rows(index_);
  const std::size_t row_floats = table.row_floats();
  WriterLock write(rows_mu_);
  if (larger.has_value()) rows.UseIndex(*std::move(larger));
  std::size_t at = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (found_[i] != RowMap::kNoSlot) continue;  // its lane sweeps it
    const Fetched& fetched = fetched_[at];
    const float* const row = new_rows_.data() + at++ * row_floats;
    if (!fetched.stored) continue;
    const RowMap::Slot slot = InsertRow(table, ids[i], hashes_[i]);
    std::memcpy(rows.values(slot), row, row_floats * sizeof(float));
    rows.set_lsn(slot, fetched.lsn);
    MarkDirty(table, ids[i], slot);
  }
  return absl::OkStatus();
}

Lane::StepFloors Lane::FloorsOf(const Table& table) {
  MutexLock lock(drain_mu_);
  const SteppedLane& stepped = *table.stepped_lane(index_);
  return {stepped.sweep.floor(), stepped.cold_floor};
}

void Lane::SetColdFloor(Table& table, std::uint64_t floor) {
  MutexLock lock(drain_mu_);
  table.stepped_lane(index_)->cold_floor = floor;
}

}  // namespace rowhouse::shard
