#include "client/interchange/sorted_table_reader.h"

#include <snappy.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/interchange/limits.h"
#include "client/interchange/sorted_table.h"

namespace rowhouse::interchange {
namespace {

using Visit = absl::FunctionRef<absl::Status(absl::string_view key,
                                             absl::string_view value)>;

absl::Status Damaged(const InputFile& file, std::uint64_t offset,
                     absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat(file.path(), ": ", what, " at offset ", offset));
}

absl::StatusOr<BlockHandle> ReadFooter(const InputFile& file) {
  if (file.size() < kTableFooterBytes) {
    return Damaged(file, 0,
                   absl::StrCat("a sorted table of ", file.size(), " bytes"));
  }
  const std::uint64_t offset = file.size() - kTableFooterBytes;
  std::string footer;
  ROWHOUSE_RETURN_IF_ERROR(file.Read(offset, kTableFooterBytes, footer));
  constexpr std::size_t kMagicAt = kTableFooterBytes - sizeof(kTableMagic);
  if (LoadWord<std::uint64_t>(footer.data() + kMagicAt) != kTableMagic) {
    return Damaged(file, offset + kMagicAt,
                   "not a sorted table: wrong magic number");
  }
  absl::string_view rest = absl::string_view(footer).substr(0, kMagicAt);
  // The first is the metaindex block's, which nobody reads.
  std::optional<BlockHandle> handle = TakeHandle(rest);
  if (handle) handle = TakeHandle(rest);
  if (!handle) return Damaged(file, offset, "no block handle in the footer");
  return *handle;
}

absl::StatusOr<std::string> Uncompress(const InputFile& file,
                                       std::uint64_t offset,
                                       absl::string_view packed) {
  std::size_t bytes = 0;
  if (!snappy::GetUncompressedLength(packed.data(), packed.size(), &bytes)) {
    return Damaged(file, offset, "a compressed block without its length");
  }
  if (bytes > kTableBlockBytesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(file.path(), ": a block of ", bytes, " bytes at offset ",
                     offset, ", the most is ", kTableBlockBytesMax));
  }
  // Before anything is allocated for a length that only claims to be.
  if (!snappy::IsValidCompressedBuffer(packed.data(), packed.size())) {
    return Damaged(file, offset, "a damaged compressed block");
  }
  std::string block;
  snappy::Uncompress(packed.data(), packed.size(), &block);
  return block;
}

// The content of the block, uncompressed; its checksum is right.
absl::StatusOr<std::string> ReadBlock(const InputFile& file,
                                      const BlockHandle& handle) {
  // Else the sum below could wrap; beyond the file either way.
  if (handle.size > file.size() || handle.offset > file.size()) {
    return absl::OutOfRangeError(absl::StrCat(
        file.path(), ": a block of ", handle.size, " bytes at offset ",
        handle.offset, " of a file of ", file.size()));
  }
  if (handle.size > kTableBlockBytesMax) {
    return absl::ResourceExhaustedError(absl::StrCat(
        file.path(), ": a block of ", handle.size, " bytes at offset ",
        handle.offset, ", the most is ", kTableBlockBytesMax));
  }
  std::string block;
  ROWHOUSE_RETURN_IF_ERROR(
      file.Read(handle.offset, handle.size + kBlockTrailerBytes, block));
  const std::size_t covered = handle.size + 1;  // and the type byte
  const std::uint32_t stored = LoadWord<std::uint32_t>(block.data() + covered);
  const std::uint32_t actual = MaskCrc(Crc32c(block.data(), covered));
  if (stored != actual) {
    return Damaged(file, handle.offset,
                   absl::StrCat("block checksum ", absl::Hex(stored),
                                ", calculated ", absl::Hex(actual)));
  }
  const char type = block[handle.size];
  block.resize(handle.size);
  if (type == kBlockPlain) return block;
  if (type == kBlockSnappy) return Uncompress(file, handle.offset, block);
  return Damaged(file, handle.offset,
                 absl::StrCat("block type ", static_cast<int>(type)));
}

// Walks the entries of one block. Keys share their beginning with the key
// before. Restart offsets serve binary search, which nobody does here.
absl::Status ReadEntries(const InputFile& file, std::uint64_t offset,
                         absl::string_view block, Visit visit) {
  constexpr std::size_t kWord = sizeof(std::uint32_t);
  if (block.size() < kWord) return Damaged(file, offset, "a block too short");
  const std::uint64_t restarts =
      LoadWord<std::uint32_t>(block.data() + block.size() - kWord);
  if (restarts > block.size() / kWord - 1) {
    return Damaged(file, offset,
                   absl::StrCat("a block of ", block.size(), " bytes with ",
                                restarts, " restarts"));
  }
  if (restarts == 0) return absl::OkStatus();  // TensorFlow: an empty block
  absl::string_view rest =
      block.substr(0, block.size() - (restarts + 1) * kWord);
  std::string key;
  while (!rest.empty()) {
    const std::uint64_t at = offset + (rest.data() - block.data());
    const auto shared = TakeVarint(rest);
    const auto unshared = shared ? TakeVarint(rest) : std::nullopt;
    const auto value_bytes = unshared ? TakeVarint(rest) : std::nullopt;
    if (!value_bytes || *shared > key.size() || *unshared > rest.size() ||
        *value_bytes > rest.size() - *unshared) {
      return Damaged(file, at, "a damaged entry");
    }
    // Else each few bytes of the block could make us copy all of it.
    if (*shared + *unshared > kTableKeyBytesMax) {
      return absl::ResourceExhaustedError(absl::StrCat(
          file.path(), ": a key of ", *shared + *unshared, " bytes at offset ",
          at, ", the most is ", kTableKeyBytesMax));
    }
    key.resize(*shared);
    key.append(rest.data(), *unshared);
    rest.remove_prefix(*unshared);
    ROWHOUSE_RETURN_IF_ERROR(visit(key, rest.substr(0, *value_bytes)));
    rest.remove_prefix(*value_bytes);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadSortedTable(const InputFile& file, Visit visit) {
  ROWHOUSE_ASSIGN_OR_RETURN(const BlockHandle index_handle, ReadFooter(file));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string index,
                            ReadBlock(file, index_handle));
  std::uint64_t read_to = 0;
  std::optional<std::string> last;
  const auto visit_in_order = [&](absl::string_view key,
                                  absl::string_view value) -> absl::Status {
    if (last && key <= *last) {
      return absl::DataLossError(
          absl::StrCat(file.path(), ": keys are not in order"));
    }
    last = std::string(key);
    return visit(key, value);
  };
  return ReadEntries(
      file, index_handle.offset, index,
      [&](absl::string_view /*separator*/,
          absl::string_view value) -> absl::Status {
        const std::optional<BlockHandle> handle = TakeHandle(value);
        if (!handle) {
          return Damaged(file, index_handle.offset, "a damaged block handle");
        }
        // As every writer has them; so none is read twice.
        if (handle->offset < read_to) {
          return Damaged(file, handle->offset, "a block within another");
        }
        ROWHOUSE_ASSIGN_OR_RETURN(const std::string block,
                                  ReadBlock(file, *handle));
        read_to = handle->offset + handle->size + kBlockTrailerBytes;
        return ReadEntries(file, handle->offset, block, visit_in_order);
      });
}

}  // namespace rowhouse::interchange
