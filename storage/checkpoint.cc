#include "storage/checkpoint.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/framed_file.h"
#include "storage/sha256.h"
#include "storage/stored_table.h"

namespace rowhouse::storage {
namespace {

constexpr std::uint32_t kCheckpointFormat = 1;
constexpr absl::string_view kManifest = "MANIFEST";

// A row store is flat; deeper is somebody else's.
constexpr int kDepthMax = 8;

std::string ManifestPath(absl::string_view directory) {
  return absl::StrCat(directory, "/", kManifest);
}

std::string CheckpointPath(absl::string_view root, absl::string_view name) {
  return absl::StrCat(root, "/", name);
}

absl::Status ExistsError(absl::string_view root, absl::string_view name) {
  return absl::AlreadyExistsError(
      absl::StrCat("checkpoint '", name, "' exists in ", root));
}

absl::Status Damage(absl::string_view path, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

// Adds every file below root/`relative` but the part's own manifest, in order
// of path, with its size. Directories are made durable on the way.
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
    if (path == kManifest || path == TemporaryPath(std::string(kManifest))) {
      continue;
    }
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

v1::ShardManifest Encode(const ShardManifest& manifest) {
  v1::ShardManifest message;
  message.set_format(kCheckpointFormat);
  message.set_shard_index(manifest.index.value());
  message.set_shard_count(manifest.shard_count);
  message.set_data_incarnation(manifest.data_incarnation);
  message.set_cut_lsn(manifest.cut.value());
  message.set_snapshot_epoch(manifest.snapshot_epoch);
  for (const CheckpointTable& table : manifest.tables) {
    v1::StoredTable* const stored = message.add_tables();
    EncodeStoredTable(table.table, *stored);
    stored->set_rows(table.rows);
    if (table.steps.has_value()) {
      EncodeSteps(*table.steps, *stored->mutable_steps());
    }
  }
  for (const CheckpointFile& file : manifest.files) {
    v1::CheckpointFile* const stored = message.add_files();
    stored->set_path(file.path);
    stored->set_bytes(file.bytes);
    stored->set_sha256(file.sha256);
  }
  return message;
}

absl::StatusOr<ShardManifest> DecodePart(absl::string_view bytes,
                                         const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const absl::string_view frame,
                            DecodeFrame(kCheckpointPartMagic, bytes, path));
  v1::ShardManifest message;
  if (!message.ParseFromArray(frame.data(), static_cast<int>(frame.size()))) {
    return Damage(path, "does not parse");
  }
  if (message.format() > kCheckpointFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": checkpoint format ", message.format(),
                     ", this program knows ", kCheckpointFormat));
  }
  ShardManifest manifest{.index = ShardIndex(message.shard_index()),
                         .shard_count = message.shard_count(),
                         .data_incarnation = message.data_incarnation(),
                         .cut = Lsn(message.cut_lsn()),
                         .snapshot_epoch = message.snapshot_epoch()};
  for (const v1::StoredTable& stored : message.tables()) {
    ROWHOUSE_ASSIGN_OR_RETURN(StoredTable table,
                              DecodeStoredTable(stored, path));
    manifest.tables.push_back(
        {.table = std::move(table), .rows = stored.rows(), .steps = {}});
    if (!stored.has_steps()) continue;
    ROWHOUSE_ASSIGN_OR_RETURN(manifest.tables.back().steps,
                              DecodeSteps(stored.steps(), path));
  }
  for (const v1::CheckpointFile& file : message.files()) {
    manifest.files.push_back(
        {.path = file.path(), .bytes = file.bytes(), .sha256 = file.sha256()});
  }
  return manifest;
}

// Every file that the manifest names is there unchanged, and no other: RocksDB
// would take a log or an options file that it finds.
absl::Status CheckFiles(Disk& disk, const std::string& path,
                        const std::vector<CheckpointFile>& expected) {
  std::vector<CheckpointFile> found;
  ROWHOUSE_RETURN_IF_ERROR(ListFiles(disk, path, "", 0, /*sync=*/false, found));
  const auto by_path = [](const CheckpointFile& a, const CheckpointFile& b) {
    return a.path < b.path;
  };
  std::sort(found.begin(), found.end(), by_path);
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

absl::StatusOr<CheckpointInfo> DecodeCheckpoint(absl::string_view bytes,
                                                absl::string_view name,
                                                const std::string& path) {
  v1::CheckpointManifest message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Damage(path, "does not parse");
  }
  if (message.format() > kCheckpointFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": checkpoint format ", message.format(),
                     ", this program knows ", kCheckpointFormat));
  }
  if (message.name() != name) {
    return Damage(path,
                  absl::StrCat("is of checkpoint '", message.name(), "'"));
  }
  CheckpointInfo info{.name = message.name(),
                      .created = absl::FromUnixMicros(message.created_us()),
                      .snapshot_epoch = message.snapshot_epoch()};
  for (const v1::CheckpointPart& part : message.parts()) {
    if (part.shard_index() != info.shards.size()) {
      return Damage(path, absl::StrCat("part ", info.shards.size(),
                                       " is of shard ", part.shard_index()));
    }
    info.shards.push_back({.index = ShardIndex(part.shard_index()),
                           .rows = part.rows(),
                           .bytes = part.bytes(),
                           .manifest_sha256 = part.manifest_sha256()});
    info.rows += part.rows();
    info.bytes += part.bytes();
  }
  return info;
}

// A part is not removed where it lies, or a commit that has just seen it would
// make a checkpoint without it. It is set aside first, then the commit's
// temporary file is taken away, then the checkpoint looked for. A commit writes
// that file before it looks at the parts and renames it after. So either it
// misses the part, or it misses the file, or its checkpoint is seen here and
// the part put back.
std::string AsidePath(const std::string& part) { return part + ".old"; }

// Puts a part back that is set aside, by this process or one that died.
absl::Status ReturnPart(Disk& disk, const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const bool aside, disk.Exists(AsidePath(path)));
  if (!aside) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const bool begun, disk.Exists(path));
  if (begun) return disk.RemoveAll(AsidePath(path));
  ROWHOUSE_RETURN_IF_ERROR(disk.Rename(AsidePath(path), path));
  return disk.SyncDirectory(ParentDirectory(path));
}

// ALREADY_EXISTS when the commit has happened.
absl::Status StopCommit(Disk& disk, const std::string& root,
                        absl::string_view name) {
  const std::string path = ManifestPath(CheckpointPath(root, name));
  absl::Status removed = disk.Remove(TemporaryPath(path));
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(path));
  return exists ? ExistsError(root, name) : absl::OkStatus();
}

// FAILED_PRECONDITION naming the first part that is not as `info` says.
absl::Status CheckParts(Disk& disk, const std::string& root,
                        const CheckpointInfo& info) {
  const std::size_t count = info.shards.size();
  for (std::size_t i = 0; i < count; ++i) {
    const ShardCheckpoint& part = info.shards[i];
    const auto missing = [&](absl::string_view why) {
      return absl::FailedPreconditionError(
          absl::StrCat("checkpoint ", info.name, ": the part of shard ", i,
                       " of ", count, " ", why));
    };
    if (part.index.value() != i) return missing("is not given");
    const auto bytes = disk.Read(
        ManifestPath(ShardCheckpointPath(root, info.name, part.index,
                                         static_cast<std::uint32_t>(count))),
        kFramedFileBytesMax);
    if (absl::IsNotFound(bytes.status())) return missing("is not there");
    ROWHOUSE_RETURN_IF_ERROR(bytes.status());
    if (Sha256(*bytes) != part.manifest_sha256) {
      return missing("is not the one that was reported");
    }
  }
  return absl::OkStatus();
}

v1::CheckpointManifest Encode(const CheckpointInfo& info) {
  v1::CheckpointManifest message;
  message.set_format(kCheckpointFormat);
  message.set_name(info.name);
  message.set_created_us(absl::ToUnixMicros(info.created));
  message.set_snapshot_epoch(info.snapshot_epoch);
  for (const ShardCheckpoint& part : info.shards) {
    v1::CheckpointPart* const stored = message.add_parts();
    stored->set_shard_index(part.index.value());
    stored->set_rows(part.rows);
    stored->set_bytes(part.bytes);
    stored->set_manifest_sha256(part.manifest_sha256);
  }
  return message;
}

}  // namespace

absl::Status ValidateCheckpointName(absl::string_view name) {
  const bool legal =
      !name.empty() && name.size() <= kCheckpointNameBytesMax &&
      absl::ascii_isalnum(static_cast<unsigned char>(name.front())) &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
               c == '_' || c == '-';
      });
  if (legal) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "checkpoint name '", name.substr(0, kCheckpointNameBytesMax), "' of ",
      name.size(), " bytes, expected 1 to ", kCheckpointNameBytesMax,
      " of [A-Za-z0-9._-], the first a letter or digit"));
}

std::string ShardCheckpointPath(absl::string_view root, absl::string_view name,
                                ShardIndex index, std::uint32_t shard_count) {
  return absl::StrFormat("%s/%s/shard-%05d-of-%05d", root, name, index.value(),
                         shard_count);
}

absl::StatusOr<std::string> BeginShardCheckpoint(Disk& disk,
                                                 const std::string& root,
                                                 absl::string_view name,
                                                 ShardIndex index,
                                                 std::uint32_t shard_count) {
  const std::string path = ShardCheckpointPath(root, name, index, shard_count);
  ROWHOUSE_RETURN_IF_ERROR(ReturnPart(disk, path));
  const absl::Status read = ReadCheckpoint(disk, root, name).status();
  if (read.ok()) return ExistsError(root, name);
  if (!absl::IsNotFound(read)) return read;
  ROWHOUSE_ASSIGN_OR_RETURN(const bool left, disk.Exists(path));
  if (left) {
    ROWHOUSE_RETURN_IF_ERROR(disk.Rename(path, AsidePath(path)));
    const absl::Status status = StopCommit(disk, root, name);
    if (!status.ok()) {
      ROWHOUSE_RETURN_IF_ERROR(ReturnPart(disk, path));
      return status;
    }
    ROWHOUSE_RETURN_IF_ERROR(disk.RemoveAll(AsidePath(path)));
  }
  ROWHOUSE_RETURN_IF_ERROR(disk.MakeDirectory(path));
  return path;
}

absl::StatusOr<ShardCheckpoint> FinishShardCheckpoint(Disk& disk,
                                                      const std::string& path,
                                                      ShardManifest manifest) {
  manifest.files.clear();
  ROWHOUSE_RETURN_IF_ERROR(
      ListFiles(disk, path, "", 0, /*sync=*/true, manifest.files));
  std::sort(manifest.files.begin(), manifest.files.end(),
            [](const CheckpointFile& a, const CheckpointFile& b) {
              return a.path < b.path;
            });
  ShardCheckpoint result{.index = manifest.index};
  for (CheckpointFile& file : manifest.files) {
    const std::string file_path = absl::StrCat(path, "/", file.path);
    ROWHOUSE_RETURN_IF_ERROR(disk.SyncFile(file_path));
    ROWHOUSE_ASSIGN_OR_RETURN(file.sha256, Sha256OfFile(disk, file_path));
    result.bytes += file.bytes;
  }
  for (const CheckpointTable& table : manifest.tables) {
    result.rows += table.rows;
  }
  const std::string frame =
      EncodeFrame(kCheckpointPartMagic, Encode(manifest).SerializeAsString());
  result.bytes += frame.size();
  result.manifest_sha256 = Sha256(frame);
  ROWHOUSE_RETURN_IF_ERROR(
      WriteFileAtomically(disk, ManifestPath(path), frame));
  ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(ParentDirectory(path)));
  return result;
}

absl::StatusOr<ShardManifest> ReadShardManifest(Disk& disk,
                                                const std::string& path) {
  const std::string manifest_path = ManifestPath(path);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            disk.Read(manifest_path, kFramedFileBytesMax));
  return DecodePart(bytes, manifest_path);
}

absl::StatusOr<ShardManifest> ReadShardCheckpoint(
    Disk& disk, const std::string& path, const ShardCheckpoint& expected) {
  const std::string manifest_path = ManifestPath(path);
  auto bytes = disk.Read(manifest_path, kFramedFileBytesMax);
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
                            DecodePart(*bytes, manifest_path));
  if (manifest.index != expected.index) {
    return Damage(manifest_path,
                  absl::StrCat("is of shard ", manifest.index.value(),
                               ", expected ", expected.index.value()));
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckFiles(disk, path, manifest.files));
  return manifest;
}

absl::Status CommitCheckpoint(Disk& disk, const std::string& root,
                              const CheckpointInfo& info) {
  ROWHOUSE_RETURN_IF_ERROR(ValidateCheckpointName(info.name));
  const std::string path = ManifestPath(CheckpointPath(root, info.name));
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(path));
  if (exists) return ExistsError(root, info.name);
  // Once for the answer, and once more when no part can go unnoticed.
  ROWHOUSE_RETURN_IF_ERROR(CheckParts(disk, root, info));
  ROWHOUSE_RETURN_IF_ERROR(WriteTemporary(
      disk, path,
      EncodeFrame(kCheckpointMagic, Encode(info).SerializeAsString())));
  ROWHOUSE_RETURN_IF_ERROR(CheckParts(disk, root, info));
  absl::Status status = RenameTemporary(disk, path);
  if (!absl::IsNotFound(status)) return status;
  return absl::FailedPreconditionError(absl::StrCat(
      "checkpoint ", info.name, ": a part of it is being made anew"));
}

absl::StatusOr<CheckpointInfo> ReadCheckpoint(Disk& disk,
                                              const std::string& root,
                                              absl::string_view name) {
  ROWHOUSE_RETURN_IF_ERROR(ValidateCheckpointName(name));
  const std::string path = ManifestPath(CheckpointPath(root, name));
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(path));
  if (!exists) {
    return absl::NotFoundError(
        absl::StrCat("no complete checkpoint ", name, " in ", root));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            ReadFramedFile(disk, path, kCheckpointMagic));
  return DecodeCheckpoint(bytes, name, path);
}

absl::StatusOr<std::vector<CheckpointInfo>> ListCheckpoints(
    Disk& disk, const std::string& root) {
  std::vector<CheckpointInfo> checkpoints;
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(root));
  if (!exists) return checkpoints;
  ROWHOUSE_ASSIGN_OR_RETURN(const auto names, disk.List(root));
  for (const std::string& name : names) {
    if (!ValidateCheckpointName(name).ok()) continue;
    auto info = ReadCheckpoint(disk, root, name);
    if (absl::IsNotFound(info.status())) continue;
    ROWHOUSE_RETURN_IF_ERROR(info.status());
    checkpoints.push_back(*std::move(info));
  }
  return checkpoints;
}

}  // namespace rowhouse::storage
