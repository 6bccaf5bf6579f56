#include "tools/journal_walk.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/journal_format.h"

namespace rowhouse::tools {
namespace {

struct Segment {
  std::uint64_t id = 0;
  std::string path;
  std::uint64_t bytes = 0;
  Lsn first;
};

// Those with a whole header, oldest first; of the others the replay says what
// it thinks.
absl::StatusOr<std::vector<Segment>> ListSegments(
    storage::Disk& disk, const std::string& directory) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            disk.List(directory));
  std::vector<Segment> segments;
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> id = storage::ParseSegmentFileName(name);
    if (!id.has_value()) continue;
    const std::string path = absl::StrCat(directory, "/", name);
    const absl::StatusOr<std::string> bytes =
        disk.ReadPiece(path, 0, storage::kSegmentHeaderBytes);
    if (absl::IsNotFound(bytes.status())) continue;  // removed meanwhile
    ROWHOUSE_RETURN_IF_ERROR(bytes.status());
    const auto head = storage::DecodeSegmentHeader(*bytes);
    const auto info = disk.Stat(path);
    if (head.ok() && info.ok()) {
      segments.push_back({*id, path, info->bytes, head->header.first});
    }
  }
  return segments;
}

// A replay gives records without their places; they follow from the sizes.
class Places {
 public:
  // `segments` are what the replay will find, or, in use, all but its newest.
  Places(storage::Disk& disk, const std::string& directory,
         std::vector<Segment> segments)
      : disk_(disk), directory_(directory), segments_(std::move(segments)) {}

  WalkedRecord Next(const storage::JournalRecord& record) {
    Move(record.lsn);
    if (at_ + 1 == segments_.size() && offset_ >= segments_[at_].bytes) {
      // The file has grown since, or a later one was begun.
      auto now = ListSegments(disk_, directory_);
      if (now.ok()) Replace(*std::move(now));
      Move(record.lsn);
    }
    const std::uint64_t bytes = storage::RecordBytes(record.payload.size());
    WalkedRecord walked{record, segments_[at_].path, offset_, bytes};
    offset_ += bytes;
    return walked;
  }

 private:
  void Move(Lsn lsn) {
    while (at_ + 1 < segments_.size() && lsn >= segments_[at_ + 1].first) {
      ++at_;
      offset_ = storage::kSegmentHeaderBytes;
    }
  }

  // Keeps the place, unless its segment is gone.
  void Replace(std::vector<Segment> now) {
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i].id != segments_[at_].id) continue;
      at_ = i;
      segments_ = std::move(now);
      return;
    }
  }

  storage::Disk& disk_;
  const std::string& directory_;
  std::vector<Segment> segments_;
  std::size_t at_ = 0;
  std::uint64_t offset_ = storage::kSegmentHeaderBytes;
};

// The last segment that begins at or before the record behind `after`.
std::size_t FirstNeeded(absl::Span<const Segment> segments, Lsn after) {
  std::size_t needed = 0;
  while (needed + 1 < segments.size() &&
         segments[needed + 1].first.value() <= after.value() + 1) {
    ++needed;
  }
  return needed;
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
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<Segment> segments,
                              ListSegments(disk, directory));
    if (segments.empty()) {
      return storage::ReplayJournal(
          disk, directory, after, durable,
          [](const storage::JournalRecord&) { return absl::OkStatus(); });
    }
    // From a segment's beginning, so that the places are known.
    const auto needed = segments.begin() + FirstNeeded(segments, after);
    Places places(disk, directory, {needed, segments.end()});
    absl::StatusOr<storage::JournalReplay> replay = storage::ReplayJournal(
        disk, directory, Lsn(needed->first.value() - 1), durable,
        [&](const storage::JournalRecord& record) -> absl::Status {
          const WalkedRecord walked = places.Next(record);
          if (record.lsn <= after) return absl::OkStatus();
          absl::Status status = visit(walked);
          visitor_failed = !status.ok();
          if (status.ok()) after = record.lsn;
          return status;
        });
    if (replay.ok() || visitor_failed) return replay;
    // Not damage where the segments it began with were removed under it: each
    // time round the journal begins later.
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<Segment> now,
                              ListSegments(disk, directory));
    const bool moved =
        !now.empty() && now.front().first > segments.front().first;
    if (!moved) return replay;
  }
}

}  // namespace rowhouse::tools
