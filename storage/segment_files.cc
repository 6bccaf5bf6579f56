#include "storage/segment_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "storage/limits.h"

namespace rowhouse::storage {

SegmentFiles::SegmentFiles(Disk& disk, std::string directory,
                           std::uint64_t segment_bytes)
    : disk_(disk),
      directory_(std::move(directory)),
      spares_(disk, directory_, segment_bytes, kSpareSegmentsMax) {}

absl::StatusOr<SegmentFile> SegmentFiles::AdoptOne(std::uint64_t id,
                                                   const std::string& path) {
  SegmentFile segment{.id = id, .path = path};
  // Room that a killed process kept for records that never came: before the
  // new segment wants some. The torn tail stays as it is, for whoever wants to
  // look at it.
  ROWHOUSE_RETURN_IF_ERROR(disk_.DropReservation(path));
  ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info, disk_.Stat(path));
  segment.bytes = info.bytes;
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string head,
                            disk_.ReadPiece(path, 0, kSegmentHeaderBytes));
  if (const auto header = DecodeSegmentHeader(head); header.ok()) {
    segment.first = header->header.first;
  }
  return segment;
}

absl::StatusOr<std::vector<SegmentFile>> SegmentFiles::Adopt(
    std::uint64_t next_segment, Lsn next) {
  ROWHOUSE_RETURN_IF_ERROR(disk_.MakeDirectory(directory_));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            disk_.List(directory_));
  std::vector<SegmentFile> segments;
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> id = ParseSegmentFileName(name);
    if (!id.has_value()) continue;
    if (*id >= next_segment) {
      return absl::InternalError(absl::StrCat(directory_, " has segment ", *id,
                                              ", so the next is not ",
                                              next_segment));
    }
    ROWHOUSE_ASSIGN_OR_RETURN(
        SegmentFile segment,
        AdoptOne(*id, absl::StrCat(directory_, "/", name)));
    segments.push_back(std::move(segment));
  }
  // A segment without a header is as old as the one behind it.
  for (auto it = segments.rbegin(); it != segments.rend(); ++it) {
    if (it->first == Lsn()) it->first = next;
    next = it->first;
  }
  ROWHOUSE_RETURN_IF_ERROR(spares_.Adopt());
  return segments;
}

absl::StatusOr<SegmentFiles::Begun> SegmentFiles::Begin(SegmentHeader header,
                                                        std::uint64_t bytes) {
  ROWHOUSE_ASSIGN_OR_RETURN(SpareSegments::Spare spare, spares_.Take());
  header.reused = spare.file != nullptr;
  Begun begun;
  begun.path = absl::StrCat(directory_, "/", SegmentFileName(header.segment));
  absl::Status status = header.reused ? BeginSpare(header, bytes, spare, begun)
                                      : BeginNew(header, bytes, begun);
  if (status.ok() && !Mutated(Mutation::kSegmentNameNotSynced)) {
    status = disk_.SyncDirectory(directory_);
  }
  if (status.ok()) return begun;
  // The next try takes another id, so a file that cannot be removed does no
  // harm: it holds no record.
  begun.file.reset();
  spare.file.reset();
  if (header.reused) disk_.Remove(spare.path).IgnoreError();
  disk_.Remove(begun.path).IgnoreError();
  return status;
}

absl::Status SegmentFiles::BeginNew(const SegmentHeader& header,
                                    std::uint64_t bytes, Begun& begun) {
  std::string head;
  begun.crc = EncodeSegmentHeader(header, head);
  ROWHOUSE_ASSIGN_OR_RETURN(begun.file, disk_.Create(begun.path));
  ROWHOUSE_RETURN_IF_ERROR(begun.file->Reserve(bytes));
  ROWHOUSE_RETURN_IF_ERROR(
      begun.file->WriteAt(0, {absl::Span<const char>(head)}));
  return begun.file->Sync();
}

// The header first, then the name: whatever bears a segment's name begins with
// its header, and old records behind it name another segment.
absl::Status SegmentFiles::BeginSpare(const SegmentHeader& header,
                                      std::uint64_t bytes,
                                      SpareSegments::Spare& spare,
                                      Begun& begun) {
  std::string head;
  begun.crc = EncodeSegmentHeader(header, head);
  head.append(kEndMarkBytes, '\0');
  // The mark may lie behind the last record.
  ROWHOUSE_RETURN_IF_ERROR(spare.file->Reserve(bytes + kEndMarkBytes));
  ROWHOUSE_RETURN_IF_ERROR(
      spare.file->WriteAt(0, {absl::Span<const char>(head)}));
  ROWHOUSE_RETURN_IF_ERROR(spare.file->Sync());
  ROWHOUSE_RETURN_IF_ERROR(disk_.Rename(spare.path, begun.path));
  begun.stale_bytes = spare.bytes;
  begun.file = std::move(spare.file);
  return absl::OkStatus();
}

absl::Status SegmentFiles::Remove(absl::Span<const std::string> paths) {
  return paths.empty() ? absl::OkStatus() : spares_.Retire(paths);
}

}  // namespace rowhouse::storage
