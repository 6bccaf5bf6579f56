#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "storage/journal.h"
#include "storage/journal_format.h"

namespace rowhouse::storage {
namespace {

absl::Status WriteAgain(Disk& disk, const std::string& path,
                        const std::string& bytes) {
  if (Mutated(Mutation::kFailedSyncRepeated)) return disk.SyncFile(path);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::unique_ptr<WritableFile> file,
                            disk.OpenToOverwrite(path));
  ROWHOUSE_RETURN_IF_ERROR(file->WriteAt(0, {absl::Span<const char>(bytes)}));
  return file->Sync();
}

}  // namespace

absl::Status MakeJournalDurable(Disk& disk, const std::string& directory) {
  if (Mutated(Mutation::kOldSegmentsNotSynced)) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(directory));
  if (!exists) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<std::string> names,
                            disk.List(directory));
  std::reverse(names.begin(), names.end());
  for (const std::string& name : names) {
    if (!ParseSegmentFileName(name).has_value()) continue;
    const std::string path = absl::StrCat(directory, "/", name);
    ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                              disk.Read(path, kSegmentBytesMax));
    ROWHOUSE_RETURN_IF_ERROR(WriteAgain(disk, path, bytes));
    // It was begun when those before it were on the disk.
    if (DecodeSegmentHeader(bytes).ok()) break;
  }
  return disk.SyncDirectory(directory);
}

}  // namespace rowhouse::storage
