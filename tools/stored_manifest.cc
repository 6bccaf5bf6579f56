#include "tools/stored_manifest.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/checkpoint_part.h"
#include "storage/disk.h"
#include "storage/framed_file.h"

namespace rowhouse::tools {

absl::StatusOr<StoredManifest> ReadStoredManifest(
    const std::string& directory) {
  storage::Disk& disk = storage::PosixDisk();
  const std::string path = absl::StrCat(directory, "/MANIFEST");
  ROWHOUSE_ASSIGN_OR_RETURN(
      const std::string magic,
      disk.ReadPiece(path, 0, storage::kDataDirMagic.size()));
  if (magic == storage::kDataDirMagic) {
    return storage::ReadManifest(disk, directory);
  }
  if (magic == storage::kCheckpointPartMagic) {
    return storage::ReadShardManifest(disk, directory);
  }
  if (magic != storage::kCheckpointMagic) {
    return absl::DataLossError(absl::StrCat(
        path, " is of no data directory, checkpoint or checkpoint part"));
  }
  // Its manifest must have the directory's name: the last word of "a/b/../c/".
  std::error_code error;
  const std::string whole = std::filesystem::canonical(directory, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat(directory, ": ", error.message()));
  }
  return storage::ReadCheckpoint(
      disk, storage::ParentDirectory(whole),
      std::filesystem::path(whole).filename().string());
}

}  // namespace rowhouse::tools
