// The sorted string table: TensorFlow's index files are made of it.
//
//   data block(s), metaindex block, index block, footer of 48 bytes
//
// docs/interchange.md has the grammar.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "client/interchange/varint.h"

namespace rowhouse::interchange {

// The constants are on other people's disks: do not change.
inline constexpr std::uint64_t kTableMagic = 0xdb4775248b80fb57u;
inline constexpr std::size_t kTableFooterBytes = 48;
// Behind every block: its compression and the masked checksum of both.
inline constexpr std::size_t kBlockTrailerBytes = 5;
inline constexpr char kBlockPlain = 0;
inline constexpr char kBlockSnappy = 1;

// Where a block is. `size` is without its trailer.
struct BlockHandle {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// Takes a handle off the front of `bytes`; none when there is none.
inline std::optional<BlockHandle> TakeHandle(absl::string_view& bytes) {
  const std::optional<std::uint64_t> offset = TakeVarint(bytes);
  if (!offset) return std::nullopt;
  const std::optional<std::uint64_t> size = TakeVarint(bytes);
  if (!size) return std::nullopt;
  return BlockHandle{*offset, *size};
}

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_H_
