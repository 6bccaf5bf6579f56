#include "shard/row_map.h"

#include <algorithm>

#include "base/mutation.h"

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
         slots_ * (stride_ * sizeof(float) + sizeof(std::uint64_t) + 1);
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
  const std::size_t rows = chunks_.empty() ? kFirstChunkRows : slots_;
  Chunk chunk;
  const std::size_t value_bytes = rows * stride_ * sizeof(float);
  const std::size_t lsn_bytes = rows * sizeof(std::uint64_t);
  // Sixteen rows of any stride are whole lines, so the LSNs are aligned.
  chunk.block = MemoryBlock(value_bytes + lsn_bytes + 2 * rows);
  chunk.values = reinterpret_cast<float*>(chunk.block.data());
  chunk.lsns =
      reinterpret_cast<std::uint64_t*>(chunk.block.data() + value_bytes);
  chunk.states = reinterpret_cast<std::uint8_t*>(chunk.block.data() +
                                                 value_bytes + lsn_bytes);
  chunk.touched = chunk.states + rows;
  chunks_.push_back(std::move(chunk));
}

RowMap::Slot RowMap::Insert(Id id, std::uint64_t hash) {
  if (!free_.empty()) {
    const Slot slot = free_.back();
    free_.pop_back();
    index_.Insert(id, hash, slot);
    state(slot) = kClean;
    set_lsn(slot, Lsn());
    std::fill_n(values(slot), stride_, 0.0f);
    return slot;
  }
  const auto slot = static_cast<Slot>(slots_);
  if (Place(slot).chunk == chunks_.size()) AddChunk();
  index_.Insert(id, hash, slot);
  ++slots_;
  return slot;
}

bool RowMap::MarkDirty(Slot slot) {
  const bool was_dirty = state(slot) == kDirty;
  state(slot) = kDirty;
  return !was_dirty;
}

void RowMap::MarkWritten(Slot slot) {
  if (state(slot) == kWriting) state(slot) = kClean;
}

std::size_t RowMap::FindVictims(std::size_t count, std::size_t places,
                                std::vector<Victim>& victims) {
  std::size_t looked = 0;
  for (; looked < places && count > 0; ++looked) {
    Victim victim;
    if (!index_.At(hand_++, victim.id, victim.slot)) continue;
    if (state(victim.slot) != kClean && !Mutated(Mutation::kEvictDirtyRow)) {
      continue;
    }
    const Place place(victim.slot);
    const std::atomic_ref<std::uint8_t> touched(
        chunks_[place.chunk].touched[place.row]);
    if (touched.load(std::memory_order_relaxed) != 0) {
      touched.store(0, std::memory_order_relaxed);
      continue;
    }
    victims.push_back(victim);
    --count;
  }
  return looked;
}

}  // namespace rowhouse::shard
