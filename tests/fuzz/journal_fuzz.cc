// A journal from any bytes: replay refuses it, or yields records one LSN after
// the other, behind which a new journal goes on. The first byte says what the
// bytes are: 'd' a script that damages a small journal (journal_edits.h), of
// which nothing may come back but what was in it; 'c' the same with checksums
// put right, so that what is behind them is reached; else segments as they are
// (id, two bytes of length, bytes). The next two bytes say from where to replay
// and up to where it was synced: LSNs, or places about the small journal's. In
// a script it may be a mark that says the second.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "shard/record_codec.h"
#include "storage/journal.h"
#include "storage/journal_format.h"
#include "storage/mem_disk.h"
#include "storage/synced_mark.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/journal_edits.h"
#include "tests/fuzz/sample_journal.h"

namespace rowhouse::storage {
namespace {

constexpr char kDirectory[] = "journal";
// Places before the first record of the journal, and as many behind the last,
// from which to replay.
constexpr std::uint64_t kBeyondMax = 2;
// From this byte on a mark says what was synced.
constexpr std::uint64_t kMarkedFrom = 128;

absl::Span<const char> View(absl::string_view text) {
  return {text.data(), text.size()};
}

std::string Joined(shard::RecordEncoder::Pieces pieces) {
  std::string bytes;
  for (const auto piece : pieces) bytes.append(piece.data(), piece.size());
  return bytes;
}

// A payload as each kind of record: a refusal, or what is written again as the
// same bytes.
void CheckPayload(absl::Span<const char> payload) {
  shard::RecordDecoder decoder;
  shard::RecordEncoder encoder;
  const absl::string_view bytes(payload.data(), payload.size());
  if (const auto number = decoder.Session(payload); number.ok()) {
    FuzzCheck(Joined(encoder.Session(*number)) == bytes,
              "a session's record is written otherwise");
  }
  if (decoder.WriteRows(payload).ok()) {
    FuzzCheck(
        Joined(encoder.WriteRows(decoder.header(), decoder.rows())) == bytes,
        "a record of rows is written otherwise");
  }
  if (!decoder.Push(payload).ok()) return;
  const auto inputs = decoder.inputs();
  // The flag of weights says nothing where there are no ids.
  const bool exact =
      std::all_of(inputs.begin(), inputs.end(),
                  [](const auto& input) { return !input.bags.ids.empty(); });
  const std::string written = Joined(encoder.Push(decoder.header(), inputs));
  FuzzCheck(written.size() == bytes.size() && (!exact || written == bytes),
            "a push's record is written otherwise");
}

void CheckRecord(absl::string_view bytes) {
  BeginsWithEndMark(bytes);
  const auto record = DecodeRecord(bytes);
  if (!record.has_value()) return;
  FuzzCheck(
      PlausibleRecordBytes(bytes, record->header.segment) == record->bytes,
      "a record that is not plausible");
  std::string again;
  const std::uint32_t crc =
      AppendRecord(record->header, {View(record->payload)}, again);
  // The reserved bytes of the header and the padding may be anything.
  const auto decoded = DecodeRecord(again);
  FuzzCheck(again.size() == record->bytes && decoded.has_value() &&
                decoded->crc == crc && decoded->payload == record->payload &&
                decoded->header.lsn == record->header.lsn &&
                decoded->header.kind == record->header.kind,
            "a record is written otherwise");
}

// The decoders of journal_format.h, wherever replay might look, and of the
// mark.
void CheckFormat(absl::string_view bytes) {
  if (const auto head = DecodeSegmentHeader(bytes); head.ok()) {
    std::string again;
    const std::uint32_t crc = EncodeSegmentHeader(head->header, again);
    const auto decoded = DecodeSegmentHeader(again);
    FuzzCheck(decoded.ok() && decoded->crc == crc &&
                  decoded->header.segment == head->header.segment &&
                  decoded->header.first == head->header.first &&
                  decoded->header.reused == head->header.reused,
              "a segment's header is written otherwise");
  }
  if (const auto mark = DecodeSyncedMark(bytes); mark.ok()) {
    FuzzCheck(EncodeSyncedMark(*mark) == bytes.substr(0, kSyncedMarkBytes),
              "a mark is written otherwise");
  }
  for (std::size_t at = 0; at < bytes.size(); at += kRecordAlignment) {
    CheckRecord(bytes.substr(at));
  }
}

// Segments as the input has them.
SegmentBytes RawSegments(FuzzInput& input) {
  SegmentBytes segments;
  while (!input.empty()) {
    std::string& bytes = segments[input.Byte()];
    bytes = std::string(input.Bytes(input.Number()));
  }
  return segments;
}

void PutSegments(const SegmentBytes& segments, Disk& disk) {
  FuzzCheck(disk.MakeDirectory(kDirectory).ok(), "no directory");
  for (const auto& [id, bytes] : segments) {
    auto file = disk.Create(absl::StrCat(kDirectory, "/", SegmentFileName(id)));
    FuzzCheck(file.ok() && (*file)->Append({View(bytes)}).ok(), "no segment");
  }
}

// The mark of the small journal's incarnation.
void PutMark(Lsn synced, Disk& disk) {
  auto mark = SyncedMarkFile::Open(disk, kDirectory, kSampleIncarnation);
  FuzzCheck(mark.ok() && mark->Set(synced).ok(), "no mark");
}

struct Replayed {
  absl::StatusOr<JournalReplay> end;
  std::vector<SeenRecord> records;  // visited, whatever the end
};

// Who knows up to where it was synced.
enum class Voucher { kCaller, kMark };

// Replays, and checks what holds whatever the bytes.
Replayed Replay(Disk& disk, Lsn after, Lsn durable, Voucher voucher) {
  Replayed replayed;
  std::vector<SeenRecord>& records = replayed.records;
  replayed.end = ReplayJournal(
      disk, kDirectory, after, voucher == Voucher::kCaller ? durable : Lsn(),
      [&](const JournalRecord& record) {
        FuzzCheck(record.lsn.value() == after.value() + records.size() + 1,
                  "LSNs do not rise by one");
        CheckPayload(record.payload);
        records.push_back(
            {.lsn = record.lsn.value(),
             .kind = record.kind,
             .payload = {record.payload.begin(), record.payload.end()}});
        return absl::OkStatus();
      });
  if (!replayed.end.ok()) {
    FuzzCheck(absl::IsDataLoss(replayed.end.status()) ||
                  absl::IsFailedPrecondition(replayed.end.status()),
              "refused with a status of another kind");
    return replayed;
  }
  FuzzCheck(replayed.end->records == records.size(), "records miscounted");
  FuzzCheck(records.empty() || replayed.end->last.value() == records.back().lsn,
            "the last record is not the last");
  FuzzCheck(durable <= after || durable <= replayed.end->last,
            "a synced record is missing, and nobody says so");
  return replayed;
}

// A start goes on where replay ended, and the next one finds both.
void CheckGoesOn(const Replayed& replayed, Lsn after, Lsn durable, Disk& disk) {
  const Lsn newest = std::max({after, durable, replayed.end->last});
  auto journal =
      Journal::Open(disk, {.directory = kDirectory,
                           .segment_bytes = 4096,
                           .incarnation = replayed.end->incarnation,
                           .next = Lsn(newest.value() + 1),
                           .next_segment = replayed.end->last_segment + 1,
                           .last_crc = replayed.end->last_crc});
  FuzzCheck(journal.ok(), "no journal goes on");
  const auto lsn = (*journal)->Append(1, {View("new")});
  FuzzCheck(lsn.ok() && (*journal)->Sync(*lsn).ok(), "no record is taken");
  std::vector<SeenRecord> expected = replayed.records;
  expected.push_back({.lsn = lsn->value(), .kind = 1, .payload = "new"});
  const Replayed again = Replay(disk, after, *lsn, Voucher::kMark);
  FuzzCheck(again.end.ok() && again.records == expected,
            "what the next start finds is not what there was");
}

// The record of an LSN is the one that was written.
void CheckOriginal(const std::vector<SeenRecord>& records,
                   const std::vector<SeenRecord>& originals) {
  for (const SeenRecord& record : records) {
    FuzzCheck(std::find(originals.begin(), originals.end(), record) !=
                  originals.end(),
              "a record that nobody wrote");
  }
}

// Some place before, in or behind the records.
Lsn Place(std::uint64_t choice, const std::vector<SeenRecord>& records) {
  const std::uint64_t first = records.front().lsn - kBeyondMax;
  return Lsn(first + choice % (records.size() + 2 * kBeyondMax));
}

void CheckJournal(FuzzInput& input) {
  static const auto* const sample = new SampleJournal(MakeSampleJournal());
  const char kind = static_cast<char>(input.Byte());
  Lsn after(input.Byte());
  Lsn durable(input.Byte());
  const Voucher voucher = kind == 'd' && durable.value() >= kMarkedFrom
                              ? Voucher::kMark
                              : Voucher::kCaller;
  SegmentBytes segments;
  if (kind == 'd' || kind == 'c') {
    after = Place(after.value(), sample->records);
    durable = Place(durable.value(), sample->records);
    segments = sample->segments;
    ApplyEdits(input, kind == 'c' ? EditBytes::kAny : EditBytes::kOfJournal,
               segments);
    if (kind == 'c') RepairChecksums(segments);
  } else {
    segments = RawSegments(input);
  }
  for (const auto& [id, bytes] : segments) CheckFormat(bytes);
  MemDisk disk;
  PutSegments(segments, disk);
  if (voucher == Voucher::kMark) PutMark(durable, disk);
  const Replayed replayed = Replay(disk, after, durable, voucher);
  if (kind == 'd') CheckOriginal(replayed.records, sample->records);
  if (replayed.end.ok()) CheckGoesOn(replayed, after, durable, disk);
}

}  // namespace
}  // namespace rowhouse::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  rowhouse::storage::CheckFormat(bytes);
  rowhouse::storage::CheckPayload({bytes.data(), bytes.size()});
  if (const auto id = rowhouse::storage::ParseSegmentFileName(bytes)) {
    rowhouse::FuzzCheck(rowhouse::storage::SegmentFileName(*id) == bytes,
                        "a segment has two names");
  }
  rowhouse::FuzzInput input(data, size);
  rowhouse::storage::CheckJournal(input);
  return 0;
}
