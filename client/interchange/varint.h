// Numbers as TensorFlow's files have them: base-128 varints, low group first,
// and little-endian words; and the masked checksum over them.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_VARINT_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_VARINT_H_

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "base/hash.h"

namespace rowhouse::interchange {

// Words are copied as they lie in memory.
static_assert(std::endian::native == std::endian::little);

// Takes a varint of up to 64 bits off the front of `bytes`; none when they end
// within it or it is longer than 10 bytes.
inline std::optional<std::uint64_t> TakeVarint(absl::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

inline void AppendVarint(std::uint64_t value, std::string& bytes) {
  while (value >= 0x80) {
    bytes.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<char>(value));
}

// REQUIRES: sizeof(T) bytes at `bytes`.
template <std::unsigned_integral T>
T LoadWord(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

template <std::unsigned_integral T>
void AppendWord(T value, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

// A checksum that is stored beside what it covers is masked, so that a
// checksum over it is not a trivial one.
inline std::uint32_t MaskCrc(std::uint32_t crc) {
  return std::rotr(crc, 15) + 0xa282ead8u;
}

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_VARINT_H_
