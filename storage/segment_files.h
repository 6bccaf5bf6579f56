// The files of a journal's segments: found at start, begun in order, removed
// from the oldest on.
#ifndef ROWHOUSE_STORAGE_SEGMENT_FILES_H_
#define ROWHOUSE_STORAGE_SEGMENT_FILES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/ids.h"
#include "storage/disk.h"
#include "storage/journal_format.h"
#include "storage/spare_segments.h"

namespace rowhouse::storage {

struct SegmentFile {
  std::uint64_t id = 0;
  std::string path;
  Lsn first;                // of its first record; of the next one's if unknown
  std::uint64_t bytes = 0;  // header and records; of an old file all of it
};

// Thread-safe, but for one caller of Begin at a time.
class SegmentFiles {
 public:
  // `segment_bytes` is what a segment usually gets.
  SegmentFiles(Disk& disk, std::string directory, std::uint64_t segment_bytes);

  // Makes the directory if there is none, and gives back the room that the
  // segments in it had beyond their ends. Returns them, oldest first. INTERNAL
  // when one has an id of `next_segment` or above. REQUIRES: called once,
  // first; they are durable (MakeJournalDurable).
  absl::StatusOr<std::vector<SegmentFile>> Adopt(std::uint64_t next_segment,
                                                 Lsn next);

  struct Begun {
    std::string path;
    std::unique_ptr<WritableFile> file;
    std::uint32_t crc = 0;          // of the header, which is on the disk
    std::uint64_t stale_bytes = 0;  // of the file, from its life before; 0: new
  };
  // The file of a new segment with room for `bytes`, of a spare one if there
  // is. header.reused is set here. RESOURCE_EXHAUSTED: no room.
  absl::StatusOr<Begun> Begin(SegmentHeader header, std::uint64_t bytes);

  // Removes these, for good when it returns.
  absl::Status Remove(absl::Span<const std::string> paths);

  // Gives the room of the spare files back.
  absl::Status DropSpares() { return spares_.Drop(); }

 private:
  absl::StatusOr<SegmentFile> AdoptOne(std::uint64_t id,
                                       const std::string& path);
  absl::Status BeginNew(const SegmentHeader& header, std::uint64_t bytes,
                        Begun& begun);
  absl::Status BeginSpare(const SegmentHeader& header, std::uint64_t bytes,
                          SpareSegments::Spare& spare, Begun& begun);

  Disk& disk_;
  const std::string directory_;
  SpareSegments spares_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_SEGMENT_FILES_H_
