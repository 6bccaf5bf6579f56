// Bounds of the files of other systems alone, each with its reason; more of
// them are in base/limits.h.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_LIMITS_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace rowhouse::interchange {

// Bytes of a key of a sorted table. Keys share their beginnings, so a few bytes
// of a file may stand for a long one. That of a part is the longest: a name of
// thousands of bytes with each escaped, and 254 axes of 20 bytes.
inline constexpr std::size_t kTableKeyBytesMax = 16u << 10;

// Bytes of a tensor's entry in an index: 128 for each of kTensorSlicesMax
// parts, which are some twenty for two axes.
inline constexpr std::size_t kIndexEntryBytesMax = 8u << 20;

// Bytes of memory that an index may take: a million tensors or parts.
inline constexpr std::uint64_t kIndexBytesMax = 256u << 20;

// Pairs of parts that are compared to see whether any overlap: those of 65,536
// parts that divide four axes alike. Parts of one or two axes need far fewer.
inline constexpr std::uint64_t kPartPairsMax = 1u << 27;

// Bytes of an object graph, which is read into memory in several forms: some
// hundred thousand objects. The worst, of nothing but empty ones, take a
// hundred times as much memory.
inline constexpr std::uint64_t kObjectGraphBytesMax = 16u << 20;

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_LIMITS_H_
