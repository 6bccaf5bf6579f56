// The hashes that routing and formats stand on. On disk and wire: do not
// change.
#ifndef ROWHOUSE_BASE_HASH_H_
#define ROWHOUSE_BASE_HASH_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace rowhouse {

// The finalizer of MurmurHash3: a bijection of 64-bit integers.
inline constexpr std::uint64_t Mix64(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

// FarmHash Fingerprint64, as TensorFlow's hash columns use it.
std::uint64_t Fingerprint64(absl::string_view bytes);

// The hash of a table that decides its buckets and first values.
std::uint64_t TableHash(absl::string_view table_name);

// CRC-32C (Castagnoli) of `bytes`, continuing from `crc` (0 to begin).
// Crc32c("123456789") is 0xe3069283.
std::uint32_t Crc32c(const void* data, std::size_t size, std::uint32_t crc = 0);

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_HASH_H_
