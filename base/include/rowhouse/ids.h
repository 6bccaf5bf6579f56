// The numbers that name things. Row ids are plain 64-bit integers, because they
// travel in bulk; everything else is its own type, so that a bucket is never
// taken for a shard.
#ifndef ROWHOUSE_IDS_H_
#define ROWHOUSE_IDS_H_

#include <compare>
#include <cstdint>
#include <utility>

namespace rowhouse {

// The id of a row in its table. Every 64-bit value is legal.
using Id = std::uint64_t;

// An integer that converts to nothing by itself. `Tag` makes the type distinct.
template <typename Tag, typename Rep>
class StrongInt {
 public:
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  friend constexpr auto operator<=>(StrongInt, StrongInt) = default;
  template <typename H>
  friend H AbslHashValue(H h, StrongInt v) {
    return H::combine(std::move(h), v.value_);
  }

 private:
  Rep value_ = 0;
};

// One of the 16,384 buckets that a table's ids fall into (shard_map.h).
using BucketId = StrongInt<struct BucketIdTag, std::uint16_t>;

// The place of a shard in the shard map: 0 .. shard count - 1.
using ShardIndex = StrongInt<struct ShardIndexTag, std::uint32_t>;

// The log sequence number of a journal record. Rises by one per record of a
// shard and is never reused; 0 means "before the first record".
using Lsn = StrongInt<struct LsnTag, std::uint64_t>;

// One life of a table: a number chosen by the client that creates it and equal
// on all shards, so that a table dropped and made anew never meets old records.
// 0 is no incarnation.
using TableIncarnation = StrongInt<struct TableIncarnationTag, std::uint64_t>;

}  // namespace rowhouse

#endif  // ROWHOUSE_IDS_H_
