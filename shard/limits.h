// Bounds of one shard that no other room shares, each with its reason; the
// others are in base/limits.h.
#ifndef ROWHOUSE_SHARD_LIMITS_H_
#define ROWHOUSE_SHARD_LIMITS_H_

#include <cstdint>

namespace rowhouse::shard {

// Of the bytes of rows in memory: dirty ones from which on they are written
// back, so that there are clean ones to evict, and from which on pushes wait.
inline constexpr std::uint64_t kManyDirtyPart = 4;
inline constexpr std::uint64_t kDirtyMaxParts = 3;  // of kManyDirtyPart

// Steps that rows which are not in memory may fall behind, where rows move
// without a gradient, before a sweep over the row store begins: a lookup of
// such a row does some thousands of steps at most, a tenth of a millisecond
// each thousand at 64 floats, and the sweep's traffic is small beside the
// steps'.
inline constexpr std::uint64_t kStepsPerColdSweep = 1024;

// A restore loads rows by ranges of buckets of which the memory of rows has
// room for so many: a part's share is there twice for a moment.
inline constexpr std::uint64_t kRestoreRangesOfMemory = 2;

// Periods of maintenance that such a sweep is spread over.
inline constexpr std::uint32_t kColdSweepParts = 64;

// Epochs that a client may be ahead of a shard, which has not heard of those of
// checkpoints that were made without it or given up. Epochs only rise, so a
// greater number, once taken, would be that of every checkpoint to come. No
// cluster makes as many in a hundred years.
inline constexpr std::uint64_t kSnapshotEpochLeadMax = std::uint64_t{1} << 32;

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_LIMITS_H_
