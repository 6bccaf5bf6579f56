#include "shard/row_map.h"

#include <algorithm>

namespace rowhouse::shard {
namespace {

constexpr std::size_t kLineFloats = 16;
// Lines of a row that are fetched ahead; the machine's own prefetcher follows
// a longer row by itself.
constexpr std::size_t kPrefetchLinesMax = 8;
constexpr std::size_t kIndexEntriesMin = 16;

// A row within one cache line never crosses two; longer rows are padded to 16
// bytes only, because a whole line each would be felt in memory.
std::size_t Stride(std::size_t row_floats) {
  if (row_floats <= kLineFloats) return std::bit_ceil(row_floats);
  return (row_floats + 3) / 4 * 4;
}

}  // namespace

RowMap::Index::Index(std::size_t rows) {
  const std::size_t entries =
      std::bit_ceil(std::max(kIndexEntriesMin, rows + rows / 4 + 1));
  block_ = MemoryBlock(entries * sizeof(Entry));
  entries_ = reinterpret_cast<Entry*>(block_.data());
  mask_ = entries - 1;
  rows_max_ = entries * 4 / 5;
}

RowMap::Slot RowMap::Index::Find(Id id, std::uint64_t hash) const {
  const auto low = static_cast<std::uint32_t>(id);
  const auto high = static_cast<std::uint32_t>(id >> 32);
  for (std::uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
    const Entry& entry = entries_[at];
    if (entry.place == 0) return kNoSlot;
    if (entry.id_low == low && entry.id_high == high) return entry.place - 1;
  }
}

void RowMap::Index::Insert(Id id, std::uint64_t hash, Slot slot) {
  std::uint64_t at = hash & mask_;
  while (entries_[at].place != 0) at = (at + 1) & mask_;
  entries_[at] = {static_cast<std::uint32_t>(id),
                  static_cast<std::uint32_t>(id >> 32), slot + 1};
}

RowMap::RowMap(std::size_t row_floats)
    : row_floats_(row_floats), stride_(Stride(row_floats)), index_(0) {}

std::size_t RowMap::memory_bytes() const {
  return index_.bytes() +
         size_ * (stride_ * sizeof(float) + sizeof(std::uint64_t) + 1);
}

void RowMap::PrefetchRow(Slot slot, std::size_t floats) const {
  const float* row = values(slot);
  const std::size_t lines =
      std::min((floats + kLineFloats - 1) / kLineFloats, kPrefetchLinesMax);
  for (std::size_t i = 0; i < lines; ++i) {
    __builtin_prefetch(row + i * kLineFloats);
  }
}

void RowMap::AddChunk() {
  const std::size_t rows = chunks_.empty() ? kFirstChunkRows : size_;
  Chunk chunk;
  const std::size_t value_bytes = rows * stride_ * sizeof(float);
  const std::size_t lsn_bytes = rows * sizeof(std::uint64_t);
  // Sixteen rows of any stride are whole lines, so the LSNs are aligned.
  chunk.block = MemoryBlock(value_bytes + lsn_bytes + rows);
  chunk.values = reinterpret_cast<float*>(chunk.block.data());
  chunk.lsns =
      reinterpret_cast<std::uint64_t*>(chunk.block.data() + value_bytes);
  chunk.dirty = reinterpret_cast<std::uint8_t*>(chunk.block.data() +
                                                value_bytes + lsn_bytes);
  chunks_.push_back(std::move(chunk));
}

RowMap::Slot RowMap::Insert(Id id, std::uint64_t hash) {
  const auto slot = static_cast<Slot>(size_);
  if (Place(slot).chunk == chunks_.size()) AddChunk();
  index_.Insert(id, hash, slot);
  ++size_;
  return slot;
}

bool RowMap::MarkDirty(Slot slot) {
  const Place place(slot);
  std::uint8_t& dirty = chunks_[place.chunk].dirty[place.row];
  const bool was_clean = dirty == 0;
  dirty = 1;
  return was_clean;
}

void RowMap::MarkClean(Slot slot) {
  const Place place(slot);
  chunks_[place.chunk].dirty[place.row] = 0;
}

}  // namespace rowhouse::shard
