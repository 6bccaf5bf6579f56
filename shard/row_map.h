// The rows of one table in one lane that are in memory: id -> weights and
// slots, contiguous, with the LSN of the last push in the row.
//
// Open addressing over (id, slot) with linear probing; rows lie in chunks that
// double, so that a row never moves and an empty table costs nothing. A row
// that goes (Erase) leaves its slot to the next new one. Callers batch: hash
// all, PrefetchIndex all, Find all, PrefetchRow all.
#ifndef ROWHOUSE_SHARD_ROW_MAP_H_
#define ROWHOUSE_SHARD_ROW_MAP_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rowhouse/ids.h"
#include "shard/memory_block.h"

namespace rowhouse::shard {

// Not thread-safe. What is const may run beside what is const, and beside the
// marks and FindVictims, which lookups do not see (lane.h has the locks).
class RowMap {
 public:
  using Slot = std::uint32_t;
  static constexpr Slot kNoSlot = ~Slot{0};

  // The id -> slot half. Built larger beside the one in use while lookups go
  // on, then taken over in an instant.
  class Index {
   public:
    // Room for `rows` at four fifths full: 15 bytes a row at worst, three
    // probes for a row that is there and thirteen for one that is not.
    explicit Index(std::size_t rows);

    bool HasRoomFor(std::size_t rows) const { return rows <= rows_max_; }
    std::size_t bytes() const { return block_.bytes(); }
    void Prefetch(std::uint64_t hash) const {
      __builtin_prefetch(entries_ + (hash & mask_));
    }
    Slot Find(Id id, std::uint64_t hash) const;
    // REQUIRES: the id is not there and there is room.
    void Insert(Id id, std::uint64_t hash, Slot slot);
    // REQUIRES: the id is there. `hash_of` is Table::Hash.
    template <typename HashOf>
    void Erase(Id id, HashOf hash_of) {
      std::uint64_t at = hash_of(id) & mask_;
      while (entries_[at].place == 0 || entries_[at].id() != id) {
        at = (at + 1) & mask_;
      }
      // Whatever may lie nearer to its home than it does moves up.
      for (std::uint64_t next = (at + 1) & mask_; entries_[next].place != 0;
           next = (next + 1) & mask_) {
        const std::uint64_t home = hash_of(entries_[next].id()) & mask_;
        if (((next - home) & mask_) < ((next - at) & mask_)) continue;
        entries_[at] = entries_[next];
        at = next;
      }
      entries_[at].place = 0;
    }
    // Places are numbered from 0.
    std::size_t places() const { return mask_ + 1; }
    // False where there is nothing.
    bool At(std::size_t place, Id& id, Slot& slot) const {
      const Entry& entry = entries_[place & mask_];
      id = entry.id();
      slot = entry.place - 1;
      return entry.place != 0;
    }
    template <typename Fn>  // fn(id, slot)
    void ForEach(Fn fn) const {
      for (std::size_t i = 0; i <= mask_; ++i) {
        if (entries_[i].place != 0) fn(entries_[i].id(), entries_[i].place - 1);
      }
    }

   private:
    struct Entry {  // 12 bytes: an id in two halves needs no padding
      std::uint32_t id_low;
      std::uint32_t id_high;
      std::uint32_t place;  // slot + 1; 0 is free
      Id id() const { return Id{id_high} << 32 | id_low; }
    };
    MemoryBlock block_;
    Entry* entries_ = nullptr;
    std::uint64_t mask_ = 0;
    std::size_t rows_max_ = 0;
  };

  explicit RowMap(std::size_t row_floats);

  std::size_t size() const { return slots_ - free_.size(); }
  // Of all rows that were here at one time: every slot is below.
  std::size_t slots() const { return slots_; }
  std::size_t row_floats() const { return row_floats_; }
  // Memory that rows and index take, without what is reserved but untouched.
  std::size_t memory_bytes() const;

  // `hash` is Table::Hash of the id throughout.
  void PrefetchIndex(std::uint64_t hash) const { index_.Prefetch(hash); }
  Slot Find(Id id, std::uint64_t hash) const { return index_.Find(id, hash); }
  void PrefetchRow(Slot slot, std::size_t floats) const;

  const float* values(Slot slot) const {
    const Place place(slot);
    return chunks_[place.chunk].values + place.row * stride_;
  }
  float* values(Slot slot) {
    const Place place(slot);
    return chunks_[place.chunk].values + place.row * stride_;
  }
  Lsn lsn(Slot slot) const {
    const Place place(slot);
    return Lsn(chunks_[place.chunk].lsns[place.row]);
  }
  void set_lsn(Slot slot, Lsn lsn) {
    const Place place(slot);
    chunks_[place.chunk].lsns[place.row] = lsn.value();
  }

  bool HasRoomFor(std::size_t more) const {
    return index_.HasRoomFor(size() + more);
  }
  // An index with room for `more` rows and all that are here.
  // `hash_of` is Table::Hash.
  template <typename HashOf>
  Index LargerIndex(std::size_t more, HashOf hash_of) const {
    Index larger(size() + more);
    index_.ForEach(
        [&](Id id, Slot slot) { larger.Insert(id, hash_of(id), slot); });
    return larger;
  }
  // REQUIRES: made by LargerIndex since the last Insert.
  void UseIndex(Index index) { index_ = std::move(index); }

  template <typename Fn>  // fn(id, slot), in no order
  void ForEach(Fn fn) const {
    index_.ForEach(fn);
  }

  // Adds a row of zeros with LSN 0. REQUIRES: it is not there; HasRoomFor(1).
  Slot Insert(Id id, std::uint64_t hash);

  // Takes a row away. REQUIRES: it is there and clean.
  template <typename HashOf>
  void Erase(Id id, Slot slot, HashOf hash_of) {
    index_.Erase(id, hash_of);
    state(slot) = kFree;
    free_.push_back(slot);
  }
  bool IsFree(Slot slot) const { return state(slot) == kFree; }

  // A row is clean (its image is what the row store has), dirty, or being
  // written: copied, but not yet with the row store. True when it was not
  // dirty.
  bool MarkDirty(Slot slot);
  void MarkWriting(Slot slot) { state(slot) = kWriting; }
  // Unless it has become dirty since MarkWriting.
  void MarkWritten(Slot slot);
  void MarkClean(Slot slot) { state(slot) = kClean; }

  // Somebody wants the row: eviction passes it over once. Beside anything.
  void Touch(Slot slot) const {
    const Place place(slot);
    const std::atomic_ref<std::uint8_t> touched(
        chunks_[place.chunk].touched[place.row]);
    if (touched.load(std::memory_order_relaxed) == 0) {
      touched.store(1, std::memory_order_relaxed);
    }
  }

  struct Victim {
    Id id = 0;
    Slot slot = 0;
  };
  // Appends up to `count` clean rows that nobody has touched since the hand
  // came by last, looking at no more than `places` places of the index; returns
  // at how many it looked.
  std::size_t FindVictims(std::size_t count, std::size_t places,
                          std::vector<Victim>& victims);
  std::size_t index_places() const { return index_.places(); }

 private:
  static constexpr Slot kFirstChunkRows = 16;

  // Chunk 0 has 16 rows, chunk k > 0 as many as all before it.
  struct Place {
    explicit Place(Slot slot)
        : chunk(std::bit_width(slot / kFirstChunkRows)),
          row(chunk == 0 ? slot : slot - (kFirstChunkRows << (chunk - 1))) {}
    unsigned chunk;
    std::size_t row;
  };
  enum State : std::uint8_t { kClean, kDirty, kWriting, kFree };
  struct Chunk {
    MemoryBlock block;
    float* values = nullptr;
    std::uint64_t* lsns = nullptr;
    std::uint8_t* states = nullptr;
    std::uint8_t* touched = nullptr;  // memory only once somebody touches
  };

  std::uint8_t& state(Slot slot) {
    const Place place(slot);
    return chunks_[place.chunk].states[place.row];
  }
  std::uint8_t state(Slot slot) const {
    const Place place(slot);
    return chunks_[place.chunk].states[place.row];
  }
  void AddChunk();

  const std::size_t row_floats_;
  const std::size_t stride_;  // floats from row to row
  Index index_;
  std::vector<Chunk> chunks_;
  std::size_t slots_ = 0;
  std::vector<Slot> free_;
  std::size_t hand_ = 0;  // of the clock, over places of the index
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_ROW_MAP_H_
