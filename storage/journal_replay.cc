// ReplayJournal: which bytes count, which are a torn tail, which are damage.
//
// The rule is one of numbers. Every record is LSN-after-LSN behind the one
// before. Where the bytes stop making sense at the place of record x, x is
// either
//   - settled: the next segment begins at x, so a restart had cut the tail here
//     and gone on;
//   - damage: the caller, the mark of the last sync, or any later valid record
//     or segment, knows that x had been on the disk;
//   - a torn tail otherwise. A later record of the same unsynced group may well
//     be whole (the kernel writes pages in any order): it is cut too.
//
// In a reused file records of earlier segments lie behind the end. They name
// theirs, so none counts, here or as a voucher.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "storage/journal.h"
#include "storage/journal_format.h"
#include "storage/synced_mark.h"

namespace rowhouse::storage {
namespace {

// How many bytes a search for later records may checksum, by bytes searched:
// pushed values can be made to look like the beginnings of records.
constexpr std::size_t kSearchFactor = 16;

struct Segment {
  std::uint64_t id = 0;
  std::string path;
  std::uint64_t bytes = 0;
  // None in an empty segment, whose header may not have reached the disk.
  std::optional<DecodedSegmentHeader> head;
};

absl::StatusOr<Segment> ReadHead(Disk& disk, std::uint64_t id,
                                 const std::string& path) {
  Segment segment{.id = id, .path = path};
  ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info, disk.Stat(path));
  segment.bytes = info.bytes;
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            disk.ReadPiece(path, 0, kSegmentHeaderBytes));
  auto head = DecodeSegmentHeader(bytes);
  if (head.ok() && head->header.segment != id) {
    head = absl::DataLossError(absl::StrCat(
        "it is segment ", head->header.segment, ", expected ", id));
  }
  if (head.ok()) {
    segment.head = *head;
  } else if (absl::IsFailedPrecondition(head.status()) ||
             segment.bytes > kSegmentHeaderBytes) {
    // The header was synced before the first record was written.
    return absl::Status(head.status().code(),
                        absl::StrCat(path, ": ", head.status().message()));
  }
  return segment;
}

// Walks the segments that hold records above `after`.
class Replay {
 public:
  Replay(Disk& disk, Lsn after, Lsn durable,
         absl::FunctionRef<absl::Status(const JournalRecord&)> visit,
         std::string headless, JournalReplay found)
      : disk_(disk),
        after_(after),
        durable_(durable),
        visit_(visit),
        headless_(std::move(headless)),
        result_(std::move(found)) {}

  // `next` is the first LSN of the segment behind it; 0: there is none.
  absl::Status Walk(const Segment& segment, Lsn next) {
    ROWHOUSE_RETURN_IF_ERROR(Enter(segment));
    ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                              disk_.Read(segment.path, kSegmentBytesMax));
    std::size_t at = kSegmentHeaderBytes;
    std::uint32_t previous = segment.head->crc;
    while (at < bytes.size()) {
      const auto record = DecodeRecord(absl::string_view(bytes).substr(at));
      if (!record.has_value()) break;
      if (segment.head->header.reused && record->header.segment < segment.id) {
        break;
      }
      if (record->header.lsn != expected_ ||
          record->header.segment != segment.id ||
          record->header.previous_crc != previous) {
        return absl::DataLossError(absl::StrCat(
            segment.path, " offset ", at, ": a record of LSN ",
            record->header.lsn.value(), " and segment ", record->header.segment,
            " that does not follow LSN ", expected_.value() - 1));
      }
      if (Mutated(Mutation::kTailCutEarly) && next == Lsn() &&
          !DecodeRecord(absl::string_view(bytes).substr(at + record->bytes))
               .has_value()) {
        break;
      }
      if (record->header.lsn > after_) {
        ROWHOUSE_RETURN_IF_ERROR(Visit(*record, at));
      }
      previous = result_.last_crc = record->crc;
      expected_ = Lsn(expected_.value() + 1);
      at += record->bytes;
    }
    return Leave(segment, next, bytes, at);
  }

  absl::StatusOr<JournalReplay> Finish() {
    if (known_ && expected_.value() > result_.last.value()) {
      result_.last = Lsn(expected_.value() - 1);
    }
    if (durable_ > after_ && durable_ > result_.last) {
      return absl::DataLossError(absl::StrCat(
          "the journal ends at LSN ", result_.last.value(), ", but LSN ",
          durable_.value(), " had been synced, as SYNCED or WATERMARKS says: ",
          headless_.empty() ? "a segment is missing"
                            : absl::StrCat(headless_, " is cut off")));
    }
    if (result_.cut_bytes > 0 && !result_.damaged_mark.empty()) {
      return absl::DataLossError(absl::StrCat(
          result_.damaged_mark, ", and the journal ends in ", result_.cut_bytes,
          " bytes that a crash has torn or something has damaged: without the "
          "mark nobody knows. Remove it to have them cut"));
    }
    return result_;
  }

 private:
  absl::Status Enter(const Segment& segment) {
    const SegmentHeader& header = segment.head->header;
    if (!known_) {
      known_ = true;
      expected_ = header.first;
      if (header.first.value() > after_.value() + 1) {
        return absl::DataLossError(absl::StrCat(
            segment.path, " begins at LSN ", header.first.value(), ", but LSN ",
            after_.value() + 1, " is needed: a segment is missing"));
      }
      result_.incarnation = header.incarnation;
      result_.last_crc = header.previous_crc;
    }
    if (header.first != expected_) {
      return absl::DataLossError(
          absl::StrCat(segment.path, " begins at LSN ", header.first.value(),
                       ", expected ", expected_.value()));
    }
    if (header.incarnation != result_.incarnation ||
        (header.previous_crc != 0 && result_.last_crc != 0 &&
         header.previous_crc != result_.last_crc)) {
      return absl::DataLossError(
          absl::StrCat(segment.path,
                       " offset 0: it does not continue the "
                       "segment before it"));
    }
    return absl::OkStatus();
  }

  absl::Status Visit(const DecodedRecord& record, std::size_t at) {
    ++result_.records;
    result_.bytes += record.bytes;
    return visit_({.lsn = record.header.lsn,
                   .kind = record.header.kind,
                   .payload = {record.payload.data(), record.payload.size()},
                   .segment = record.header.segment,
                   .offset = at});
  }

  // Judges what lies from `at` on, where record `expected_` should be.
  absl::Status Leave(const Segment& segment, Lsn next, absl::string_view bytes,
                     std::size_t at) {
    const bool settled = next == expected_;
    if (at == bytes.size()) {
      if (settled) return absl::OkStatus();
      if (next != Lsn()) return Damage(segment, at, "the segment ends early");
      const bool lost = durable_ > after_ && durable_ >= expected_;
      if (!lost || !headless_.empty()) return absl::OkStatus();  // Finish knows
      return Damage(segment, at, "it had been synced");
    }
    // A restore moves `after` beyond the end of the journal, whose last file
    // may have old bytes behind it. Where a record follows, one was lost.
    const bool beyond =
        next == Lsn() && after_ >= expected_ && durable_ <= after_;
    if (std::max(durable_, after_) >= expected_ && !settled && !beyond) {
      return Damage(segment, at, "it had been synced");
    }
    if (next != Lsn() && !settled) {
      return Damage(segment, at, "a later segment follows");
    }
    ROWHOUSE_ASSIGN_OR_RETURN(
        const std::size_t end,
        SearchVouchers(segment, bytes, at, beyond ? Lsn() : expected_));
    if (!settled) result_.cut_bytes += CutBytes(segment, bytes, at, end);
    return absl::OkStatus();
  }

  // How much of what lies from `at` on was the segment's; `end` is as far as
  // its records could be told.
  static std::size_t CutBytes(const Segment& segment, absl::string_view bytes,
                              std::size_t at, std::size_t end) {
    if (!segment.head->header.reused) return bytes.size() - at;
    if (end > at) return end - at;
    // Something was there, but old bytes and torn ones look alike.
    return BeginsWithEndMark(bytes.substr(at)) ? 0 : kRecordHeaderBytes;
  }

  // Does a whole record behind the damage know that the damaged one was on the
  // disk? Returns where the last one ends that looks like the segment's.
  absl::StatusOr<std::size_t> SearchVouchers(const Segment& segment,
                                             absl::string_view bytes,
                                             std::size_t damage, Lsn knows) {
    std::size_t end = damage;
    std::size_t budget = (bytes.size() - damage) * kSearchFactor;
    for (std::size_t at = damage; at < bytes.size(); at += kRecordAlignment) {
      const absl::string_view rest = bytes.substr(at);
      const std::size_t size = PlausibleRecordBytes(rest, segment.id);
      if (size == 0) continue;
      end = std::max(end, at + size);
      if (size > budget) {
        return Damage(segment, damage, "what follows cannot be told apart");
      }
      budget -= size;
      const auto record = DecodeRecord(rest);
      if (!record.has_value()) continue;
      if (record->header.durable >= knows) {
        return Damage(segment, damage,
                      absl::StrCat("the record at offset ", at,
                                   " knows that it had been synced"));
      }
      at += record->bytes - kRecordAlignment;
    }
    return end;
  }

  absl::Status Damage(const Segment& segment, std::size_t at,
                      absl::string_view why) const {
    return absl::DataLossError(
        absl::StrCat(segment.path, " offset ", at, ": the record of LSN ",
                     expected_.value(), " is damaged or missing, and ", why));
  }

  Disk& disk_;
  const Lsn after_;
  const Lsn durable_;
  const absl::FunctionRef<absl::Status(const JournalRecord&)> visit_;
  const std::string headless_;  // Heads::headless
  JournalReplay result_;
  bool known_ = false;  // is `expected_`?
  Lsn expected_;        // the LSN that comes next
};

struct Heads {
  std::vector<Segment> segments;  // those that have a header, by id
  std::string headless;           // the last file behind them; empty: none
};

absl::StatusOr<Heads> ReadHeads(Disk& disk, const std::string& directory,
                                JournalReplay& found) {
  Heads heads;
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(directory));
  if (!exists) return heads;
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            disk.List(directory));
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> id = ParseSegmentFileName(name);
    if (!id.has_value()) continue;
    found.last_segment = std::max(found.last_segment, *id);
    ROWHOUSE_ASSIGN_OR_RETURN(
        Segment segment,
        ReadHead(disk, *id, absl::StrCat(directory, "/", name)));
    if (segment.head.has_value()) {
      heads.segments.push_back(std::move(segment));
      // Files before it were settled long ago.
      heads.headless.clear();
      found.cut_bytes = 0;
    } else {
      heads.headless = std::move(segment.path);
      found.cut_bytes += segment.bytes;
    }
  }
  return heads;
}

// None where there is no mark, or none that can be read.
absl::StatusOr<std::vector<SyncedMark>> ReadMarks(Disk& disk,
                                                  const std::string& directory,
                                                  JournalReplay& found) {
  auto marks = ReadSyncedMarks(disk, directory);
  if (absl::IsNotFound(marks.status())) return std::vector<SyncedMark>();
  if (marks.ok() || absl::IsFailedPrecondition(marks.status())) return marks;
  found.damaged_mark = std::string(marks.status().message());
  return std::vector<SyncedMark>();
}

// What the marks vouch for that are of the journal which the segments are of.
Lsn MarkedAsSynced(const std::vector<SyncedMark>& marks,
                   const std::vector<Segment>& segments) {
  Lsn synced;
  for (const SyncedMark& mark : marks) {
    if (segments.empty() ||
        segments.back().head->header.incarnation == mark.incarnation) {
      synced = std::max(synced, mark.synced);
    }
  }
  return synced;
}

}  // namespace

absl::StatusOr<JournalReplay> ReplayJournal(
    Disk& disk, const std::string& directory, Lsn after, Lsn durable,
    absl::FunctionRef<absl::Status(const JournalRecord&)> visit) {
  JournalReplay found;
  // The mark first: of a journal in use it is not ahead of the segments then.
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<SyncedMark> marks,
                            ReadMarks(disk, directory, found));
  ROWHOUSE_ASSIGN_OR_RETURN(Heads heads, ReadHeads(disk, directory, found));
  const std::vector<Segment>& segments = heads.segments;
  Replay replay(disk, after, std::max(durable, MarkedAsSynced(marks, segments)),
                visit, std::move(heads.headless), std::move(found));
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    const Lsn next = last ? Lsn() : segments[i + 1].head->header.first;
    if (!last && next.value() <= after.value() + 1) continue;  // not needed
    ROWHOUSE_RETURN_IF_ERROR(replay.Walk(segments[i], next));
  }
  return replay.Finish();
}

}  // namespace rowhouse::storage
