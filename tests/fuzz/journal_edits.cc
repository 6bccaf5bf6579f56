#include "tests/fuzz/journal_edits.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/hash.h"
#include "storage/byte_order.h"
#include "storage/journal_format.h"

namespace rowhouse::storage {
namespace {

// Ids that a script may give to a segment.
constexpr std::uint64_t kIdsMax = 16;

// Offsets in the headers of segments and records, as docs/formats.md has them.
constexpr std::size_t kSegmentCrc = 8;
constexpr std::size_t kSegmentChecked = 12;
constexpr std::size_t kSegmentPrevious = 48;
constexpr char kRecordMagic[] = "RHRC";
constexpr std::size_t kRecordCrc = 4;
constexpr std::size_t kRecordChecked = 8;
constexpr std::size_t kRecordSegment = 24;
constexpr std::size_t kRecordPrevious = 40;

// The segment that `choice` stands for; they are not empty.
SegmentBytes::iterator Choose(SegmentBytes& segments, std::uint8_t choice) {
  return std::next(segments.begin(),
                   static_cast<std::ptrdiff_t>(choice % segments.size()));
}

void Insert(const std::string& what, std::size_t at, std::string& bytes) {
  if (bytes.size() < kEditedBytesMax) bytes.insert(at, what);
}

// Writes over what is there, and on.
void Overwrite(absl::string_view what, std::size_t at, std::string& bytes) {
  if (at + what.size() > kEditedBytesMax) return;
  bytes.replace(at, std::min(what.size(), bytes.size() - at), what.data(),
                what.size());
}

// Size in the segment of the record at the beginning of `bytes`, by its own
// word; 0 when none of segment `id` begins there.
std::size_t RecordAt(absl::string_view bytes, std::uint64_t id) {
  if (bytes.size() < kRecordHeaderBytes ||
      bytes.substr(0, kRecordChecked - kRecordCrc) != kRecordMagic ||
      LoadLittle<std::uint64_t>(&bytes[kRecordSegment]) != id) {
    return 0;
  }
  const std::size_t size =
      RecordBytes(LoadLittle<std::uint32_t>(&bytes[kRecordChecked]));
  return size <= bytes.size() ? size : 0;
}

std::uint32_t PutCrc(char* crc, const char* begin, const char* end) {
  const std::uint32_t value =
      Crc32c(begin, static_cast<std::size_t>(end - begin));
  StoreLittle(value, crc);
  return value;
}

}  // namespace

void ApplyEdits(FuzzInput& script, EditBytes kind, SegmentBytes& segments) {
  int flips_left = kFlippedBitsMax;
  while (!script.empty() && !segments.empty()) {
    const std::uint8_t edit = script.Byte();
    const auto segment = Choose(segments, script.Byte());
    std::string& bytes = segment->second;
    const std::size_t at = script.Number() % (bytes.size() + 1);
    const std::size_t count = script.Number();
    switch (edit % 8) {
      case 0:
        if (at < bytes.size() && flips_left-- > 0) {
          bytes[at] = static_cast<char>(bytes[at] ^ 1 << count % 8);
        }
        break;
      case 1:
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    std::min(count, bytes.size() - at), '\0');
        break;
      case 2:
        bytes.erase(at, count);
        break;
      case 3:
        bytes.resize(at);
        break;
      case 4:
        segments.erase(segment);
        break;
      case 5: {
        std::string moved = std::move(bytes);
        segments.erase(segment);
        segments.insert_or_assign(count % kIdsMax, std::move(moved));
        break;
      }
      case 6: {
        const std::string& from = Choose(segments, script.Byte())->second;
        Insert(from.substr(script.Number() % (from.size() + 1), count), at,
               bytes);
        break;
      }
      case 7:
        if (kind == EditBytes::kAny) {
          Overwrite(script.Bytes(count % 64), at, bytes);
        }
        break;
    }
  }
}

void RepairChecksums(SegmentBytes& segments) {
  std::uint32_t last_record = 0;
  for (auto& [id, bytes] : segments) {
    if (bytes.size() < kSegmentHeaderBytes) continue;
    char* const begin = bytes.data();
    if (last_record != 0) StoreLittle(last_record, begin + kSegmentPrevious);
    std::uint32_t chain = PutCrc(begin + kSegmentCrc, begin + kSegmentChecked,
                                 begin + kSegmentHeaderBytes);
    std::size_t at = kSegmentHeaderBytes;
    while (const std::size_t size =
               RecordAt(absl::string_view(bytes).substr(at), id)) {
      char* const record = begin + at;
      StoreLittle(chain, record + kRecordPrevious);
      chain = last_record =
          PutCrc(record + kRecordCrc, record + kRecordChecked, record + size);
      at += size;
    }
  }
}

}  // namespace rowhouse::storage
