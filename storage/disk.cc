#include "storage/disk.h"

#include "base/status_macros.h"

namespace rowhouse::storage {
namespace {

// Bytes of a file that a copy holds in memory.
constexpr std::size_t kCopyBytes = 4u << 20;

absl::Status CopyContent(Disk& disk, const std::string& from,
                         WritableFile& to) {
  for (std::uint64_t offset = 0;;) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                              disk.ReadPiece(from, offset, kCopyBytes));
    if (!bytes.empty()) {
      ROWHOUSE_RETURN_IF_ERROR(to.Append({absl::Span<const char>(bytes)}));
    }
    if (bytes.size() < kCopyBytes) return to.Sync();
    offset += bytes.size();
  }
}

}  // namespace

std::string ParentDirectory(absl::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

absl::Status CopyFile(Disk& disk, const std::string& from,
                      const std::string& to) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto file, disk.Create(to));
  const absl::Status status = CopyContent(disk, from, *file);
  file.reset();
  if (!status.ok()) disk.Remove(to).IgnoreError();
  return status;
}

std::string TemporaryPath(const std::string& path) { return path + ".tmp"; }

absl::Status WriteTemporary(Disk& disk, const std::string& path,
                            absl::string_view content) {
  const std::string temporary = TemporaryPath(path);
  ROWHOUSE_ASSIGN_OR_RETURN(const bool stale, disk.Exists(temporary));
  if (stale) ROWHOUSE_RETURN_IF_ERROR(disk.Remove(temporary));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto file, disk.Create(temporary));
  const absl::Span<const char> piece(content.data(), content.size());
  ROWHOUSE_RETURN_IF_ERROR(file->Append({piece}));
  return file->Sync();
}

absl::Status RenameTemporary(Disk& disk, const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(disk.Rename(TemporaryPath(path), path));
  absl::Status synced = disk.SyncDirectory(ParentDirectory(path));
  if (!absl::IsResourceExhausted(synced)) return synced;
  // The new content is in its place already: not the error that means it is
  // not.
  return absl::UnavailableError(synced.message());
}

absl::Status WriteFileAtomically(Disk& disk, const std::string& path,
                                 absl::string_view content) {
  ROWHOUSE_RETURN_IF_ERROR(WriteTemporary(disk, path, content));
  return RenameTemporary(disk, path);
}

}  // namespace rowhouse::storage
