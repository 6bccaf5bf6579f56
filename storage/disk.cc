#include "storage/disk.h"

#include "base/status_macros.h"

namespace rowhouse::storage {

std::string ParentDirectory(absl::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

absl::Status WriteFileAtomically(Disk& disk, const std::string& path,
                                 absl::string_view content) {
  const std::string temporary = path + ".tmp";
  ROWHOUSE_ASSIGN_OR_RETURN(const bool stale, disk.Exists(temporary));
  if (stale) ROWHOUSE_RETURN_IF_ERROR(disk.Remove(temporary));
  {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto file, disk.Create(temporary));
    const absl::Span<const char> piece(content.data(), content.size());
    ROWHOUSE_RETURN_IF_ERROR(file->Append({piece}));
    ROWHOUSE_RETURN_IF_ERROR(file->Sync());
  }
  ROWHOUSE_RETURN_IF_ERROR(disk.Rename(temporary, path));
  const absl::Status synced = disk.SyncDirectory(ParentDirectory(path));
  if (!absl::IsResourceExhausted(synced)) return synced;
  // The new content is in its place already: not the error that means it is
  // not.
  return absl::UnavailableError(synced.message());
}

}  // namespace rowhouse::storage
