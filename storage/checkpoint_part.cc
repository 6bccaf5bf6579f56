#include "storage/checkpoint_part.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/checkpoint.h"
#include "storage/framed_file.h"
#include "storage/sha256.h"

namespace rowhouse::storage {
namespace {

// A part is flat but for rows/ and journal/; deeper is somebody else's.
constexpr int kDepthMax = 8;

std::string ManifestOf(absl::string_view directory) {
  return absl::StrCat(directory, "/MANIFEST");
}

std::string DigestsOf(absl::string_view directory) {
  return absl::StrCat(directory, "/DIGESTS");
}

absl::Status Damage(absl::string_view path, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

bool ByPath(const CheckpointFile& a, const CheckpointFile& b) {
  return a.path < b.path;
}

// Adds every file below root/`relative` but the part's own manifest, with its
// size. Directories are made durable on the way.
absl::Status ListFiles(Disk& disk, const std::string& root,
                       const std::string& relative, int depth, bool sync,
                       std::vector<CheckpointFile>& files) {
  const std::string directory =
      relative.empty() ? root : absl::StrCat(root, "/", relative);
  if (depth > kDepthMax) return Damage(directory, "too deep for a checkpoint");
  ROWHOUSE_ASSIGN_OR_RETURN(const auto names, disk.List(directory));
  for (const std::string& name : names) {
    const std::string path =
        relative.empty() ? name : absl::StrCat(relative, "/", name);
    if (path == "MANIFEST" || path == TemporaryPath("MANIFEST")) continue;
    ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info,
                              disk.Stat(absl::StrCat(root, "/", path)));
    if (info.directory) {
      ROWHOUSE_RETURN_IF_ERROR(
          ListFiles(disk, root, path, depth + 1, sync, files));
    } else {
      files.push_back({.path = path, .bytes = info.bytes});
    }
  }
  return sync ? disk.SyncDirectory(directory) : absl::OkStatus();
}

// Every file that the manifest names is there unchanged, and no other: RocksDB
// would take a log or an options file that it finds.
absl::Status CheckFiles(Disk& disk, const std::string& path,
                        const std::vector<CheckpointFile>& expected) {
  std::vector<CheckpointFile> found;
  ROWHOUSE_RETURN_IF_ERROR(ListFiles(disk, path, "", 0, /*sync=*/false, found));
  std::sort(found.begin(), found.end(), ByPath);
  for (std::size_t i = 0; i < std::max(found.size(), expected.size()); ++i) {
    if (i == found.size() ||
        (i < expected.size() && expected[i].path < found[i].path)) {
      return Damage(absl::StrCat(path, "/", expected[i].path), "is missing");
    }
    const std::string file = absl::StrCat(path, "/", found[i].path);
    if (i == expected.size() || found[i].path < expected[i].path) {
      return Damage(file, "is not in the manifest");
    }
    if (found[i].bytes != expected[i].bytes) {
      return Damage(file, absl::StrCat("has ", found[i].bytes,
                                       " bytes, expected ", expected[i].bytes));
    }
    ROWHOUSE_ASSIGN_OR_RETURN(const std::string sha256,
                              Sha256OfFile(disk, file));
    if (sha256 != expected[i].sha256) {
      return Damage(file, absl::StrCat("has SHA-256 ", sha256, ", expected ",
                                       expected[i].sha256));
    }
  }
  return absl::OkStatus();
}

// A part is not removed where it lies, or a commit that has just seen it would
// make a checkpoint without it. It is set aside first, then the commit's
// temporary file is taken away, then the checkpoint looked for. A commit writes
// that file before it looks at the parts and renames it after. So either it
// misses the part, or it misses the file, or its checkpoint is seen here and
// the part put back.
std::string AsidePath(const std::string& part) { return part + ".old"; }

// Where a part is while its files are removed. One that is set aside is whole.
std::string RemovalPath(const std::string& part) { return part + ".gone"; }

absl::Status RemoveAside(Disk& disk, const std::string& path) {
  // Of a removal that was cut short.
  ROWHOUSE_RETURN_IF_ERROR(disk.RemoveAll(RemovalPath(path)));
  const absl::Status renamed = disk.Rename(AsidePath(path), RemovalPath(path));
  // Another shard that restores it may have put it back.
  if (absl::IsNotFound(renamed)) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(renamed);
  // No power cut brings it back in parts.
  ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(ParentDirectory(path)));
  return disk.RemoveAll(RemovalPath(path));
}

// Puts a part back that is set aside, by this process or one that died.
absl::Status ReturnPart(Disk& disk, const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const bool aside, disk.Exists(AsidePath(path)));
  if (!aside) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const bool begun, disk.Exists(path));
  if (begun) return RemoveAside(disk, path);
  const absl::Status renamed = disk.Rename(AsidePath(path), path);
  // Another shard that restores it may have been faster.
  if (!renamed.ok() && !absl::IsNotFound(renamed)) return renamed;
  return disk.SyncDirectory(ParentDirectory(path));
}

// Where a part that has to be copied is gathered.
std::string GatheringPath(const std::string& part) { return part + ".new"; }

// Takes away what is in the place of the part. The commit of that part, if one
// is under way, fails or has happened: then ALREADY_EXISTS.
absl::Status Displace(Disk& disk, const PartPlace& place) {
  const std::string path = place.Path();
  ROWHOUSE_RETURN_IF_ERROR(ReturnPart(disk, path));
  ROWHOUSE_RETURN_IF_ERROR(CheckFree(disk, place.root, place.name));
  ROWHOUSE_RETURN_IF_ERROR(disk.RemoveAll(GatheringPath(path)));
  ROWHOUSE_RETURN_IF_ERROR(disk.RemoveAll(RemovalPath(path)));
  ROWHOUSE_ASSIGN_OR_RETURN(const bool left, disk.Exists(path));
  if (!left) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(disk.Rename(path, AsidePath(path)));
  const absl::Status status = StopCommit(disk, place.root, place.name);
  if (!status.ok()) {
    ROWHOUSE_RETURN_IF_ERROR(ReturnPart(disk, path));
    return status;
  }
  return RemoveAside(disk, path);
}

// The files that may be linked by their content, of the latest checkpoint with
// a part of this shard.
class KnownFiles {
 public:
  static absl::StatusOr<KnownFiles> Of(Disk& disk, const PartPlace& place) {
    KnownFiles known;
    ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointListing all,
                              ListCheckpoints(disk, place.root));
    const CheckpointInfo* latest = nullptr;
    for (const CheckpointInfo& info : all.complete) {
      if (info.shards.size() != place.shard_count) continue;
      if (latest == nullptr || latest->created < info.created) latest = &info;
    }
    if (latest == nullptr) return known;
    known.path_ = ShardCheckpointPath(place.root, latest->name, place.index,
                                      place.shard_count);
    ROWHOUSE_ASSIGN_OR_RETURN(const ShardManifest manifest,
                              ReadShardManifest(disk, known.path_));
    known.files_ = manifest.files;
    return known;
  }

  // Empty: there is none.
  std::string Find(const CheckpointFile& file) const {
    for (const CheckpointFile& known : files_) {
      if (known.sha256 == file.sha256 && known.bytes == file.bytes) {
        return absl::StrCat(path_, "/", known.path);
      }
    }
    return std::string();
  }

 private:
  std::string path_;
  std::vector<CheckpointFile> files_;
};

// Links or copies the part at `from` to the new directory `to`, whose files are
// durable then.
absl::Status CopyPart(Disk& disk, const std::string& from,
                      const PartPlace& place, const std::string& to,
                      MayGoOn may_go_on) {
  ROWHOUSE_ASSIGN_OR_RETURN(ShardManifest manifest,
                            ReadShardManifest(disk, from));
  auto known = KnownFiles::Of(disk, place);
  // A damaged old checkpoint is no reason to have no new one.
  if (!known.ok()) known = KnownFiles();
  manifest.files.push_back({.path = "MANIFEST"});
  for (const CheckpointFile& file : manifest.files) {
    ROWHOUSE_RETURN_IF_ERROR(may_go_on());
    const std::string target = absl::StrCat(to, "/", file.path);
    ROWHOUSE_RETURN_IF_ERROR(disk.MakeDirectory(ParentDirectory(target)));
    const std::string same = known->Find(file);
    if (!same.empty() && disk.Link(same, target).ok()) continue;
    ROWHOUSE_RETURN_IF_ERROR(
        CopyFile(disk, absl::StrCat(from, "/", file.path), target));
  }
  std::vector<CheckpointFile> files;
  ROWHOUSE_RETURN_IF_ERROR(ListFiles(disk, to, "", 0, /*sync=*/true, files));
  // The list has no manifest. A commit looks at no other file.
  if (files.size() + 1 == manifest.files.size()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(to, " was removed while it was being made"));
}

}  // namespace

absl::Status Always() { return absl::OkStatus(); }

std::string PartPlace::Path() const {
  return ShardCheckpointPath(root, name, index, shard_count);
}

absl::StatusOr<ShardCheckpoint> FinishPart(Disk& disk, const std::string& path,
                                           ShardManifest manifest,
                                           MayGoOn may_go_on) {
  manifest.files.clear();
  ROWHOUSE_RETURN_IF_ERROR(
      ListFiles(disk, path, "", 0, /*sync=*/true, manifest.files));
  std::sort(manifest.files.begin(), manifest.files.end(), ByPath);
  ShardCheckpoint result{.index = manifest.index};
  for (CheckpointFile& file : manifest.files) {
    ROWHOUSE_RETURN_IF_ERROR(may_go_on());
    const std::string file_path = absl::StrCat(path, "/", file.path);
    ROWHOUSE_RETURN_IF_ERROR(disk.SyncFile(file_path));
    ROWHOUSE_ASSIGN_OR_RETURN(file.sha256, Sha256OfFile(disk, file_path));
    result.bytes += file.bytes;
  }
  for (const CheckpointTable& table : manifest.tables) {
    result.rows += table.rows;
  }
  const std::string frame = EncodeShardManifest(manifest);
  result.bytes += frame.size();
  result.manifest_sha256 = Sha256(frame);
  ROWHOUSE_RETURN_IF_ERROR(WriteFileAtomically(disk, ManifestOf(path), frame));
  return result;
}

absl::Status PublishPart(Disk& disk, const std::string& path,
                         const PartPlace& place, MayGoOn may_go_on) {
  const std::string target = place.Path();
  const std::string parent = ParentDirectory(target);
  ROWHOUSE_RETURN_IF_ERROR(Displace(disk, place));
  ROWHOUSE_RETURN_IF_ERROR(disk.MakeDirectory(parent));
  const absl::Status renamed = disk.Rename(path, target);
  if (renamed.ok()) return disk.SyncDirectory(parent);
  if (!absl::IsUnimplemented(renamed)) return renamed;
  const std::string gathering = GatheringPath(target);
  absl::Status copied = CopyPart(disk, path, place, gathering, may_go_on);
  if (copied.ok()) copied = disk.Rename(gathering, target);
  if (!copied.ok()) {
    disk.RemoveAll(gathering).IgnoreError();
    return copied;
  }
  ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(parent));
  return disk.RemoveAll(path);
}

absl::Status RemovePart(Disk& disk, const PartPlace& place) {
  const std::string parent = ParentDirectory(place.Path());
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(parent));
  if (!exists) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(Displace(disk, place));
  return disk.RemoveEmptyDirectory(parent);
}

absl::Status RemoveAttempt(Disk& disk, const PartPlace& place,
                           std::uint64_t epoch) {
  const std::string path = place.Path();
  const std::string parent = ParentDirectory(path);
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(parent));
  if (!exists) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(ReturnPart(disk, path));
  ROWHOUSE_RETURN_IF_ERROR(disk.RemoveAll(GatheringPath(path)));
  ROWHOUSE_RETURN_IF_ERROR(disk.RemoveAll(RemovalPath(path)));
  const auto part = ReadShardManifest(disk, path);
  if (part.ok() && part->snapshot_epoch == epoch) {
    return RemovePart(disk, place);
  }
  return disk.RemoveEmptyDirectory(parent);
}

absl::StatusOr<ShardManifest> ReadShardManifest(Disk& disk,
                                                const std::string& path) {
  const std::string manifest_path = ManifestOf(path);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            disk.Read(manifest_path, kFramedFileBytesMax));
  return DecodeShardManifest(bytes, manifest_path);
}

absl::StatusOr<ShardManifest> ReadShardCheckpoint(
    Disk& disk, const std::string& path, const ShardCheckpoint& expected) {
  const std::string manifest_path = ManifestOf(path);
  auto bytes = disk.Read(manifest_path, kFramedFileBytesMax);
  if (absl::IsNotFound(bytes.status())) {
    // Its shard may have been killed after it had set the part aside, before it
    // saw that the checkpoint was there.
    ROWHOUSE_ASSIGN_OR_RETURN(const bool there, disk.Exists(path));
    if (!there) {
      ROWHOUSE_RETURN_IF_ERROR(ReturnPart(disk, path));
    }
    bytes = disk.Read(manifest_path, kFramedFileBytesMax);
  }
  if (absl::IsNotFound(bytes.status())) {
    return Damage(manifest_path, "is missing");
  }
  ROWHOUSE_RETURN_IF_ERROR(bytes.status());
  if (const std::string sha256 = Sha256(*bytes);
      sha256 != expected.manifest_sha256) {
    return Damage(manifest_path,
                  absl::StrCat("has SHA-256 ", sha256, ", expected ",
                               expected.manifest_sha256));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(ShardManifest manifest,
                            DecodeShardManifest(*bytes, manifest_path));
  if (manifest.index != expected.index) {
    return Damage(manifest_path,
                  absl::StrCat("is of shard ", manifest.index.value(),
                               ", expected ", expected.index.value()));
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckFiles(disk, path, manifest.files));
  return manifest;
}

absl::Status WriteDigests(Disk& disk, const std::string& path,
                          const RowDigests& digests) {
  return WriteFileAtomically(disk, DigestsOf(path), digests.Encode());
}

absl::StatusOr<RowDigests> ReadDigests(Disk& disk, const std::string& path) {
  const std::string file = DigestsOf(path);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            disk.Read(file, kDigestsBytesMax));
  return RowDigests::Decode(bytes, file);
}

}  // namespace rowhouse::storage
