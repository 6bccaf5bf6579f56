// Files of journal segments that nobody needs any more, kept to be written
// over: a sync of bytes that a file has had before need not write its size and
// where its blocks lie, and costs about two thirds (docs/adr/0015).
//
// A spare has a name that replay does not read. It gets a segment's name only
// when that segment's header is in it and on the disk.
#ifndef ROWHOUSE_STORAGE_SPARE_SEGMENTS_H_
#define ROWHOUSE_STORAGE_SPARE_SEGMENTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// Thread-safe. Errors are those of Disk.
class SpareSegments {
 public:
  // Keeps files of half to twice `segment_bytes`, at most `count_max`.
  SpareSegments(Disk& disk, std::string directory, std::uint64_t segment_bytes,
                std::size_t count_max);

  // Takes up what a former process left. REQUIRES: called once, first.
  absl::Status Adopt();

  // Takes these files out of the journal: some become spares, the others are
  // removed, all for good when it returns. A file that has another name too is
  // never a spare: a checkpoint has linked it. One that is gone is no error.
  absl::Status Retire(absl::Span<const std::string> paths);

  struct Spare {
    std::string path;
    std::uint64_t bytes = 0;             // all of them old
    std::unique_ptr<WritableFile> file;  // null: there is no spare
  };
  // The caller owns the file from here on.
  absl::StatusOr<Spare> Take();

  // Removes all spares: the disk is full.
  absl::Status Drop();

  std::size_t count() const;

 private:
  // Makes the file a spare, or removes it.
  absl::Status RetireOne(const std::string& path,
                         std::vector<std::string>& spares);
  bool MayReuse(const FileInfo& info) const;

  Disk& disk_;
  const std::string directory_;
  const std::uint64_t segment_bytes_;
  const std::size_t count_max_;

  mutable Mutex mu_;
  // Their names are on the disk: before that, a power cut could bring the old
  // name back over a new segment's bytes.
  std::vector<std::string> spares_ ABSL_GUARDED_BY(mu_);
};

// "0000000000000001.spare", of the segment that the file was last.
bool IsSpareFileName(absl::string_view name);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_SPARE_SEGMENTS_H_
