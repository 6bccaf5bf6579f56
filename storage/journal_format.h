// The bytes of journal segments. Grammar, worked example: docs/formats.md. On
// disk: do not change, raise kJournalFormat instead.
#ifndef ROWHOUSE_STORAGE_JOURNAL_FORMAT_H_
#define ROWHOUSE_STORAGE_JOURNAL_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/limits.h"
#include "rowhouse/ids.h"

namespace rowhouse::storage {

inline constexpr std::uint32_t kJournalFormat = 1;
inline constexpr std::size_t kSegmentHeaderBytes = 64;
inline constexpr std::size_t kRecordHeaderBytes = 48;
// Zeros behind the last record, over what a reused file still holds from its
// life before: whatever else is there has been torn.
inline constexpr std::size_t kEndMarkBytes = 8;
// Records begin at multiples of this, so that a search finds them.
inline constexpr std::size_t kRecordAlignment = 8;

// A record holds one message and the little that its room adds.
inline constexpr std::size_t kJournalPayloadBytesMax =
    kMessageBytesMax + (1u << 20);
// A segment is read whole: its size, or that of one record, and its header.
inline constexpr std::uint64_t kSegmentBytesMax = 1ull << 30;

struct SegmentHeader {
  std::uint64_t segment = 0;      // its id
  Lsn first;                      // of its first record, whether or not it came
  std::uint64_t incarnation = 0;  // of the data directory
  Lsn durable;                    // on the disk before the segment was begun
  std::uint32_t previous_crc = 0;  // of the last record before; 0: not known
  // Behind the records lie bytes of an earlier segment, which the file was.
  bool reused = false;
};

// Returns the header's checksum, the `previous_crc` of its first record.
std::uint32_t EncodeSegmentHeader(const SegmentHeader& header,
                                  std::string& out);

struct DecodedSegmentHeader {
  SegmentHeader header;
  std::uint32_t crc = 0;
};

// DATA_LOSS: too short or damaged. FAILED_PRECONDITION: a newer format.
absl::StatusOr<DecodedSegmentHeader> DecodeSegmentHeader(
    absl::string_view bytes);

struct RecordHeader {
  std::uint32_t kind = 0;
  Lsn lsn;
  std::uint64_t segment = 0;  // so that a record of a reused file is not taken
  Lsn durable;  // every record up to here was on the disk when this was made
  std::uint32_t previous_crc = 0;
};

// Bytes of a record with its header and padding.
inline constexpr std::size_t RecordBytes(std::size_t payload_bytes) {
  return (kRecordHeaderBytes + payload_bytes + kRecordAlignment - 1) /
         kRecordAlignment * kRecordAlignment;
}

// Appends header, pieces and padding to `out`; returns the record's checksum.
// REQUIRES: the pieces hold at most kJournalPayloadBytesMax bytes.
std::uint32_t AppendRecord(const RecordHeader& header,
                           absl::Span<const absl::Span<const char>> pieces,
                           std::string& out);

struct DecodedRecord {
  RecordHeader header;
  std::uint32_t crc = 0;
  absl::string_view payload;
  std::size_t bytes = 0;  // in the segment
};

// The record at the beginning of `bytes`; none when it is damaged or ends
// beyond them.
std::optional<DecodedRecord> DecodeRecord(absl::string_view bytes);

// The bytes that DecodeRecord would checksum there: 0 when a look at magic,
// length and segment is enough to see that no record of this segment begins.
std::size_t PlausibleRecordBytes(absl::string_view bytes,
                                 std::uint64_t segment);

// Does an end mark begin there? It may be cut off by the end of the file.
bool BeginsWithEndMark(absl::string_view bytes);

// "0000000000000001.journal"; 16 hex digits sort as numbers.
std::string SegmentFileName(std::uint64_t segment);
// None when the name is no segment's.
std::optional<std::uint64_t> ParseSegmentFileName(absl::string_view name);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_JOURNAL_FORMAT_H_
