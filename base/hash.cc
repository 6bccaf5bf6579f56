#include "base/hash.h"

#include <farmhash.h>
#include <isa-l/crc.h>

#include <algorithm>
#include <limits>

namespace rowhouse {

std::uint64_t Fingerprint64(absl::string_view bytes) {
  return util::Fingerprint64(bytes.data(), bytes.size());
}

std::uint64_t TableHash(absl::string_view table_name) {
  return Fingerprint64(table_name);
}

std::uint32_t Crc32c(const void* data, std::size_t size, std::uint32_t crc) {
  // ISA-L counts in int and wants a non-const pointer it does not write to.
  auto* at = static_cast<unsigned char*>(const_cast<void*>(data));
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  std::uint32_t state = ~crc;
  while (size > 0) {
    const std::size_t part = std::min(size, kMost);
    state = crc32_iscsi(at, static_cast<int>(part), state);
    at += part;
    size -= part;
  }
  return ~state;
}

}  // namespace rowhouse
