#include "tools/journal_walk.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/journal_format.h"

namespace rowhouse::tools {
namespace {

// The first LSNs of the segments with a whole header, oldest first; of the
// others the replay says what it thinks.
absl::StatusOr<std::vector<Lsn>> ListFirsts(storage::Disk& disk,
                                            const std::string& directory) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            disk.List(directory));
  std::vector<Lsn> firsts;
  for (const std::string& name : names) {
    if (!storage::ParseSegmentFileName(name).has_value()) continue;
    const std::string path = absl::StrCat(directory, "/", name);
    const absl::StatusOr<std::string> bytes =
        disk.ReadPiece(path, 0, storage::kSegmentHeaderBytes);
    if (absl::IsNotFound(bytes.status())) continue;  // removed meanwhile
    ROWHOUSE_RETURN_IF_ERROR(bytes.status());
    const auto head = storage::DecodeSegmentHeader(*bytes);
    if (head.ok()) firsts.push_back(head->header.first);
  }
  return firsts;
}

// Where the last segment begins that holds the record behind `after`.
Lsn FirstNeeded(absl::Span<const Lsn> firsts, Lsn after) {
  std::size_t needed = 0;
  while (needed + 1 < firsts.size() &&
         firsts[needed + 1].value() <= after.value() + 1) {
    ++needed;
  }
  return firsts[needed];
}

}  // namespace

absl::Status AtRecord(const WalkedRecord& walked, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(walked.path, " offset ", walked.offset, ": ",
                                   status.message()));
}

absl::StatusOr<storage::JournalReplay> WalkJournal(
    storage::Disk& disk, const std::string& directory, Lsn after, Lsn durable,
    absl::FunctionRef<absl::Status(const WalkedRecord&)> visit) {
  bool visitor_failed = false;
  for (;;) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<Lsn> firsts,
                              ListFirsts(disk, directory));
    if (firsts.empty()) {
      return storage::ReplayJournal(
          disk, directory, after, durable,
          [](const storage::JournalRecord&) { return absl::OkStatus(); });
    }
    // From a segment's beginning on, to judge what is before `after` too.
    absl::StatusOr<storage::JournalReplay> replay = storage::ReplayJournal(
        disk, directory, Lsn(FirstNeeded(firsts, after).value() - 1), durable,
        [&](const storage::JournalRecord& record) -> absl::Status {
          if (record.lsn <= after) return absl::OkStatus();
          const std::string path = absl::StrCat(
              directory, "/", storage::SegmentFileName(record.segment));
          absl::Status status =
              visit({record, path, record.offset,
                     storage::RecordBytes(record.payload.size())});
          visitor_failed = !status.ok();
          if (status.ok()) after = record.lsn;
          return status;
        });
    if (replay.ok() || visitor_failed) return replay;
    // Not damage where the segments it began with were removed under it, or
    // their files written over: each time round the journal begins later.
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<Lsn> now,
                              ListFirsts(disk, directory));
    const bool moved = !now.empty() && now.front() > firsts.front();
    if (!moved) return replay;
  }
}

}  // namespace rowhouse::tools
