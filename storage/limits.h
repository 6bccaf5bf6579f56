// Bounds of what lies on the disk, each with its reason. Those that other rooms
// share are in base/limits.h.
#ifndef ROWHOUSE_STORAGE_LIMITS_H_
#define ROWHOUSE_STORAGE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace rowhouse::storage {

// Files of removed journal segments that are kept to be written over. What one
// write-back frees (kJournalUnsettledBytesMax of kJournalSegmentBytes each) is
// what the journal takes until the next.
inline constexpr std::size_t kSpareSegmentsMax = 5;

// Journal bytes kept, spare files not counted: pushes are refused at it. Ten
// seconds of replay, and far above kJournalUnsettledBytesMax, so that it is met
// only when rows cannot be written back or a checkpoint holds segments.
inline constexpr std::uint64_t kJournalBytesMax = 4ull << 30;

// Disk space that a shard holds back for itself, so that it can start and write
// rows back on a full disk: RocksDB's files of one opening and one table's
// buffer on its way to the disk.
inline constexpr std::uint64_t kDiskReserveBytes = 32u << 20;

// Row store bytes that a period of maintenance reads to find damage nobody has
// met: a terabyte in a day and a half, and a twentieth of a disk's time.
inline constexpr std::uint64_t kScrubBytesPerPeriod = 8u << 20;

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_LIMITS_H_
