#include "storage/journal_format.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/mutation.h"
#include "storage/byte_order.h"

namespace rowhouse::storage {
namespace {

// "ROWHJRNL" and "RHRC" as they lie on the disk.
constexpr absl::string_view kSegmentMagic = "ROWHJRNL";
constexpr absl::string_view kRecordMagic = "RHRC";

// Offsets of the segment header.
constexpr std::size_t kSegmentCrc = 8;
constexpr std::size_t kSegmentFormat = 12;
constexpr std::size_t kSegmentId = 16;
constexpr std::size_t kSegmentFirst = 24;
constexpr std::size_t kSegmentIncarnation = 32;
constexpr std::size_t kSegmentDurable = 40;
constexpr std::size_t kSegmentPrevious = 48;
constexpr std::size_t kSegmentReused = 52;  // 8 zero bytes follow

// Offsets of the record header.
constexpr std::size_t kRecordCrc = 4;
constexpr std::size_t kRecordLength = 8;
constexpr std::size_t kRecordKind = 12;
constexpr std::size_t kRecordLsn = 16;
constexpr std::size_t kRecordSegment = 24;
constexpr std::size_t kRecordDurable = 32;
constexpr std::size_t kRecordPrevious = 40;  // 4 zero bytes follow

constexpr absl::string_view kFileSuffix = ".journal";

// 0 when no record begins there, by magic and length alone.
std::size_t ClaimedRecordBytes(absl::string_view bytes) {
  if (bytes.size() < kRecordHeaderBytes) return 0;
  if (bytes.substr(0, kRecordMagic.size()) != kRecordMagic) return 0;
  const auto length = LoadLittle<std::uint32_t>(bytes.data() + kRecordLength);
  if (length > kJournalPayloadBytesMax) return 0;
  const std::size_t size = RecordBytes(length);
  return size <= bytes.size() ? size : 0;
}

}  // namespace

std::uint32_t EncodeSegmentHeader(const SegmentHeader& header,
                                  std::string& out) {
  const std::size_t at = out.size();
  out.append(kSegmentHeaderBytes, '\0');
  char* const p = &out[at];
  std::copy(kSegmentMagic.begin(), kSegmentMagic.end(), p);
  StoreLittle(kJournalFormat, p + kSegmentFormat);
  StoreLittle(header.segment, p + kSegmentId);
  StoreLittle(header.first.value(), p + kSegmentFirst);
  StoreLittle(header.incarnation, p + kSegmentIncarnation);
  StoreLittle(header.durable.value(), p + kSegmentDurable);
  StoreLittle(header.previous_crc, p + kSegmentPrevious);
  StoreLittle(std::uint32_t{header.reused}, p + kSegmentReused);
  const std::uint32_t crc =
      Crc32c(p + kSegmentFormat, kSegmentHeaderBytes - kSegmentFormat);
  StoreLittle(crc, p + kSegmentCrc);
  return crc;
}

absl::StatusOr<DecodedSegmentHeader> DecodeSegmentHeader(
    absl::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes) {
    return absl::DataLossError(
        absl::StrCat("segment header cut off: ", bytes.size(), " of ",
                     kSegmentHeaderBytes, " bytes"));
  }
  const char* const p = bytes.data();
  if (bytes.substr(0, kSegmentMagic.size()) != kSegmentMagic) {
    return absl::DataLossError("not a journal segment: wrong magic");
  }
  const auto crc = LoadLittle<std::uint32_t>(p + kSegmentCrc);
  if (crc != Crc32c(p + kSegmentFormat, kSegmentHeaderBytes - kSegmentFormat)) {
    return absl::DataLossError("segment header fails its checksum");
  }
  const auto format = LoadLittle<std::uint32_t>(p + kSegmentFormat);
  if (format != kJournalFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        "journal format ", format, ", this program reads ", kJournalFormat));
  }
  return DecodedSegmentHeader{
      .header = {.segment = LoadLittle<std::uint64_t>(p + kSegmentId),
                 .first = Lsn(LoadLittle<std::uint64_t>(p + kSegmentFirst)),
                 .incarnation =
                     LoadLittle<std::uint64_t>(p + kSegmentIncarnation),
                 .durable = Lsn(LoadLittle<std::uint64_t>(p + kSegmentDurable)),
                 .previous_crc =
                     LoadLittle<std::uint32_t>(p + kSegmentPrevious),
                 .reused = LoadLittle<std::uint32_t>(p + kSegmentReused) != 0},
      .crc = crc};
}

std::uint32_t AppendRecord(const RecordHeader& header,
                           absl::Span<const absl::Span<const char>> pieces,
                           std::string& out) {
  std::size_t payload_bytes = 0;
  for (const auto piece : pieces) payload_bytes += piece.size();
  const std::size_t at = out.size();
  out.reserve(at + RecordBytes(payload_bytes));
  out.append(kRecordHeaderBytes, '\0');
  char* p = &out[at];
  std::copy(kRecordMagic.begin(), kRecordMagic.end(), p);
  StoreLittle(static_cast<std::uint32_t>(payload_bytes), p + kRecordLength);
  StoreLittle(header.kind, p + kRecordKind);
  StoreLittle(header.lsn.value(), p + kRecordLsn);
  StoreLittle(header.segment, p + kRecordSegment);
  StoreLittle(header.durable.value(), p + kRecordDurable);
  StoreLittle(header.previous_crc, p + kRecordPrevious);
  for (const auto piece : pieces) out.append(piece.data(), piece.size());
  out.append(RecordBytes(payload_bytes) - kRecordHeaderBytes - payload_bytes,
             '\0');
  p = &out[at];
  const std::uint32_t crc =
      Crc32c(p + kRecordLength, out.size() - at - kRecordLength);
  StoreLittle(crc, p + kRecordCrc);
  return crc;
}

std::size_t PlausibleRecordBytes(absl::string_view bytes,
                                 std::uint64_t segment) {
  const std::size_t size = ClaimedRecordBytes(bytes);
  if (size == 0) return 0;
  const auto of = LoadLittle<std::uint64_t>(bytes.data() + kRecordSegment);
  return of == segment ? size : 0;
}

bool BeginsWithEndMark(absl::string_view bytes) {
  const absl::string_view mark = bytes.substr(0, kEndMarkBytes);
  return mark.find_first_not_of('\0') == absl::string_view::npos;
}

std::optional<DecodedRecord> DecodeRecord(absl::string_view bytes) {
  const std::size_t size = ClaimedRecordBytes(bytes);
  if (size == 0) return std::nullopt;
  const char* const p = bytes.data();
  const auto crc = LoadLittle<std::uint32_t>(p + kRecordCrc);
  if (crc != Crc32c(p + kRecordLength, size - kRecordLength) &&
      !Mutated(Mutation::kChecksumUnchecked)) {
    return std::nullopt;
  }
  const auto length = LoadLittle<std::uint32_t>(p + kRecordLength);
  return DecodedRecord{
      .header = {.kind = LoadLittle<std::uint32_t>(p + kRecordKind),
                 .lsn = Lsn(LoadLittle<std::uint64_t>(p + kRecordLsn)),
                 .segment = LoadLittle<std::uint64_t>(p + kRecordSegment),
                 .durable = Lsn(LoadLittle<std::uint64_t>(p + kRecordDurable)),
                 .previous_crc =
                     LoadLittle<std::uint32_t>(p + kRecordPrevious)},
      .crc = crc,
      .payload = bytes.substr(kRecordHeaderBytes, length),
      .bytes = size};
}

std::string SegmentFileName(std::uint64_t segment) {
  return absl::StrCat(absl::Hex(segment, absl::kZeroPad16), kFileSuffix);
}

std::optional<std::uint64_t> ParseSegmentFileName(absl::string_view name) {
  std::uint64_t segment = 0;
  if (!absl::ConsumeSuffix(&name, kFileSuffix) ||
      !absl::SimpleHexAtoi(name, &segment) ||
      SegmentFileName(segment) != absl::StrCat(name, kFileSuffix)) {
    return std::nullopt;
  }
  return segment;
}

}  // namespace rowhouse::storage
