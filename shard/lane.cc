#include "shard/lane.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "kernels/combine.h"
#include "kernels/optimizers/optimizer.h"

namespace rowhouse::shard {
namespace {

template <typename T>
absl::Span<T> Part(absl::Span<T> all, std::size_t begin, std::size_t count) {
  return all.empty() ? all : all.subspan(begin, count);
}

}  // namespace

void Lane::Enqueue(const PushWork& work) {
  MutexLock lock(queue_mu_);
  queue_.push_back(&work);
}

const PushWork* Lane::Pop(Lsn lsn) {
  MutexLock lock(queue_mu_);
  if (queue_.empty() || queue_.front()->lsn() > lsn) return nullptr;
  const PushWork* work = queue_.front();
  queue_.pop_front();
  return work;
}

void Lane::Drain(Lsn lsn) {
  MutexLock lock(drain_mu_);
  while (const PushWork* work = Pop(lsn)) Work(*work);
}

void Lane::Work(const PushWork& work) {
  for (std::size_t table = 0; table < work.tables(); ++table) {
    const PushWork::Piece piece = work.piece(table, index_);
    if (piece.ids.empty() && !piece.table->stepped()) continue;
    if (piece.writes) {
      ApplyBatches({.table = piece.table,
                    .ids = piece.ids,
                    .values = piece.values,
                    .slots = piece.slots,
                    .lsn = work.lsn(),
                    .writes = true});
    } else {
      ApplyGradients(piece, work.lsn());
      if (piece.table->stepped()) EndStep(piece, work.lsn());
    }
  }
}

void Lane::ApplyGradients(const PushWork::Piece& piece, Lsn lsn) {
  const std::size_t dim = piece.table->dim();
  aggregator_.Group({piece.ids, piece.values, piece.weights}, dim);
  while (aggregator_.Next()) {
    absl::Span<const Id> ids = aggregator_.ids();
    absl::Span<const float* const> sums = aggregator_.sums();
    if (piece.table->spec().nan_policy == NanPolicy::kSkipRow) {
      finite_ids_.clear();
      finite_sums_.clear();
      for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!kernels::AllFinite(sums[i], dim)) continue;
        finite_ids_.push_back(ids[i]);
        finite_sums_.push_back(sums[i]);
      }
      ids = finite_ids_;
      sums = finite_sums_;
    }
    ApplyBatches({.table = piece.table,
                  .ids = ids,
                  .values = sums,
                  .lsn = lsn,
                  .terms = piece.terms});
  }
}

void Lane::ApplyBatches(const Batch& all) {
  for (std::size_t begin = 0; begin < all.ids.size(); begin += kLaneBatchRows) {
    const std::size_t count = std::min(kLaneBatchRows, all.ids.size() - begin);
    Batch batch = all;
    batch.ids = Part(all.ids, begin, count);
    batch.values = Part(all.values, begin, count);
    batch.slots = Part(all.slots, begin, count);
    ApplyBatch(batch);
  }
}

void Lane::ApplyBatch(const Batch& batch) {
  absl::StatusOr<std::optional<RowMap::Index>> prepared = Prepare(batch);
  if (!prepared.ok()) return memory_->fail(prepared.status());
  std::optional<RowMap::Index> larger = *std::move(prepared);
  if (batch.table->stepped() && !batch.writes) CatchUpRows(batch);
  WriterLock lock(rows_mu_);
  if (larger.has_value()) {
    batch.table->rows(index_).UseIndex(*std::move(larger));
  }
  InsertNewRows(batch);
  UpdateRows(batch);
}

absl::StatusOr<std::optional<RowMap::Index>> Lane::Prepare(const Batch& batch) {
  const Table& table = *batch.table;
  const RowMap& rows = table.rows(index_);
  const std::size_t count = batch.ids.size();
  // First, so that no row that is found below goes.
  if (bounded()) MakeRoom(table, count);
  hashes_.resize(count);
  found_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    hashes_[i] = table.Hash(batch.ids[i]);
    rows.PrefetchIndex(hashes_[i]);
  }
  std::size_t missing = 0;
  for (std::size_t i = 0; i < count; ++i) {
    found_[i] = rows.Find(batch.ids[i], hashes_[i]);
    if (found_[i] == RowMap::kNoSlot) {
      ++missing;
    } else {
      rows.PrefetchRow(found_[i], table.row_floats());
    }
  }
  fetched_.assign(missing, {});
  if (missing == 0) return std::optional<RowMap::Index>();
  const std::size_t row_floats = table.row_floats();
  new_rows_.resize(missing * row_floats);
  if (bounded()) ROWHOUSE_RETURN_IF_ERROR(FetchMissing(batch));
  float* row = new_rows_.data();
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (found_[i] != RowMap::kNoSlot) continue;
    if (fetched_[at++].stored) {
      row += row_floats;
      continue;
    }
    if (const SteppedLane* stepped = table.stepped_lane(index_)) {
      table.FirstRow(batch.ids[i], stepped->log, row);
    } else {
      table.InitialRow(batch.ids[i], row);
    }
    row += row_floats;
  }
  return LargerIndex(table, missing);
}

std::optional<RowMap::Index> Lane::LargerIndex(const Table& table,
                                               std::size_t more) {
  const RowMap& rows = table.rows(index_);
  if (rows.HasRoomFor(more)) return std::nullopt;
  return rows.LargerIndex(more, [&](Id id) { return table.Hash(id); });
}

void Lane::InsertNewRows(const Batch& batch) {
  RowMap& rows = batch.table->rows(index_);
  const std::size_t row_floats = batch.table->row_floats();
  const float* row = new_rows_.data();
  std::size_t at = 0;
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    if (found_[i] != RowMap::kNoSlot) continue;
    found_[i] = InsertRow(*batch.table, batch.ids[i], hashes_[i]);
    std::memcpy(rows.values(found_[i]), row, row_floats * sizeof(float));
    row += row_floats;
    const Fetched& fetched = fetched_[at++];
    rows.set_lsn(found_[i], fetched.lsn);
    if (!fetched.stored) ++batch.table->stored(index_);
  }
}

void Lane::UpdateRows(const Batch& batch) {
  Table& table = *batch.table;
  RowMap& rows = table.rows(index_);
  const SteppedLane* const stepped = table.stepped_lane(index_);
  const std::size_t dim = table.dim();
  rows_.clear();
  gradients_.clear();
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    const RowMap::Slot slot = found_[i];
    // In replay a row may come from the row store with later pushes in it.
    if (rows.lsn(slot) >= batch.lsn) {
      if (!Mutated(Mutation::kStampOffByOne) || rows.lsn(slot) > batch.lsn) {
        continue;
      }
    }
    if (bounded()) rows.Touch(slot);
    rows.set_lsn(slot, batch.lsn);
    MarkDirty(table, batch.ids[i], slot);
    float* row = rows.values(slot);
    if (stepped != nullptr) {
      if (!batch.writes) {
        const std::size_t row_floats = table.row_floats();
        std::memcpy(row, caught_up_.data() + i * row_floats,
                    row_floats * sizeof(float));
      }
      table.SetDone(stepped->log.count() + (batch.writes ? 0 : 1), row);
    }
    if (!batch.writes) {
      rows_.push_back(row);
      gradients_.push_back(batch.values[i]);
      continue;
    }
    std::memcpy(row, batch.values[i], dim * sizeof(float));
    if (batch.slots.empty()) {
      kernels::InitialSlots(table.spec(), row);
    } else {
      std::memcpy(row + dim, batch.slots[i],
                  table.slot_floats() * sizeof(float));
    }
  }
  if (!rows_.empty()) {
    kernels::ApplyGradients(table.spec(), batch.terms, rows_, gradients_);
  }
}

RowMap::Slot Lane::InsertRow(Table& table, Id id, std::uint64_t hash) {
  RowMap& rows = table.rows(index_);
  const RowMap::Slot slot = rows.Insert(id, hash);
  if (SteppedLane* stepped = table.stepped_lane(index_)) {
    stepped->ids.resize(rows.slots());
    stepped->ids[slot] = id;
  }
  if (bounded()) used_bytes_ += table.row_bytes();
  return slot;
}

void Lane::MarkDirty(Table& table, Id id, RowMap::Slot slot) {
  if (table.rows(index_).MarkDirty(slot)) {
    table.dirty(index_).push_back({id, slot});
    if (bounded()) memory_->dirty_bytes += table.row_bytes();
  }
}

std::vector<DirtyRow> Lane::TakeDirty(Table& table) {
  MutexLock lock(drain_mu_);
  return std::exchange(table.dirty(index_), {});
}

void Lane::CopyImages(Table& table, absl::Span<const DirtyRow> rows,
                      ImageBatch& batch) {
  const std::size_t row_floats = table.row_floats();
  batch.images.clear();
  batch.newest = Lsn();
  batch.values.resize(rows.size() * row_floats);
  float* copy = batch.values.data();
  for (std::size_t begin = 0; begin < rows.size(); begin += kLaneBatchRows) {
    MutexLock lock(drain_mu_);
    RowMap& map = table.rows(index_);
    // A row contains steps that no push to it made: their records come first,
    // too.
    if (const SteppedLane* stepped = table.stepped_lane(index_)) {
      batch.newest = std::max(batch.newest, stepped->newest);
    }
    for (const DirtyRow row : Part(rows, begin, kLaneBatchRows)) {
      const Lsn lsn = map.lsn(row.slot);
      std::memcpy(copy, map.values(row.slot), row_floats * sizeof(float));
      batch.images.push_back({table.BucketOf(table.Hash(row.id)), row.id, lsn,
                              absl::MakeConstSpan(copy, row_floats)});
      batch.newest = std::max(batch.newest, lsn);
      if (bounded()) {
        map.MarkWriting(row.slot);
      } else {
        map.MarkClean(row.slot);
      }
      copy += row_floats;
    }
  }
}

void Lane::ReturnDirty(Table& table, absl::Span<const DirtyRow> copied,
                       absl::Span<const DirtyRow> rest) {
  MutexLock lock(drain_mu_);
  std::vector<DirtyRow>& dirty = table.dirty(index_);
  for (const DirtyRow row : copied) {
    // One that was pushed meanwhile is in the new list already.
    if (table.rows(index_).MarkDirty(row.slot)) {
      dirty.push_back(row);
    } else if (bounded()) {
      memory_->dirty_bytes -= table.row_bytes();
    }
  }
  dirty.insert(dirty.end(), rest.begin(), rest.end());
}

void Lane::Load(Table& table, const storage::RowImage& image) {
  MutexLock drain(drain_mu_);
  WriterLock lock(rows_mu_);
  ++table.stored(index_);
  if (bounded() && used_bytes_ + table.row_bytes() > memory_->lane_bytes_max) {
    return;
  }
  RowMap& rows = table.rows(index_);
  if (auto larger = LargerIndex(table, 1)) rows.UseIndex(*std::move(larger));
  const RowMap::Slot slot = InsertRow(table, image.id, table.Hash(image.id));
  std::memcpy(rows.values(slot), image.values.data(),
              image.values.size() * sizeof(float));
  rows.set_lsn(slot, image.lsn);
}

}  // namespace rowhouse::shard
