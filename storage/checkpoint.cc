#include "storage/checkpoint.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "storage/framed_file.h"
#include "storage/sha256.h"

namespace rowhouse::storage {
namespace {

std::string CheckpointPath(absl::string_view root, absl::string_view name) {
  return absl::StrCat(root, "/", name);
}

std::string ManifestOf(absl::string_view directory) {
  return absl::StrCat(directory, "/MANIFEST");
}

// Where a directory goes that is to be removed. No checkpoint can be called so.
std::string RemovalPath(absl::string_view root) {
  return absl::StrCat(root, "/.removed");
}

bool IsOfCheckpoints(absl::string_view entry) {
  return absl::StartsWith(entry, "shard-") || entry == "MANIFEST" ||
         entry == TemporaryPath("MANIFEST");
}

absl::Status ExistsError(absl::string_view root, absl::string_view name) {
  return absl::AlreadyExistsError(
      absl::StrCat("checkpoint '", name, "' exists in ", root));
}

// FAILED_PRECONDITION naming the first part that is not as `info` says.
absl::Status CheckParts(Disk& disk, const std::string& root,
                        const CheckpointInfo& info) {
  const std::size_t count = info.shards.size();
  for (std::size_t i = 0; i < count; ++i) {
    const ShardCheckpoint& part = info.shards[i];
    const auto missing = [&](const auto&... why) {
      return absl::FailedPreconditionError(
          absl::StrCat("checkpoint ", info.name, ": the part of shard ", i,
                       " of ", count, " ", why...));
    };
    if (part.index.value() != i) return missing("is not given");
    const std::string path = ManifestOf(ShardCheckpointPath(
        root, info.name, part.index, static_cast<std::uint32_t>(count)));
    const auto bytes = disk.Read(path, kFramedFileBytesMax);
    if (absl::IsNotFound(bytes.status())) return missing("is not there");
    ROWHOUSE_RETURN_IF_ERROR(bytes.status());
    if (Sha256(*bytes) != part.manifest_sha256) {
      return missing("is not the one that was reported");
    }
    ROWHOUSE_ASSIGN_OR_RETURN(const ShardManifest manifest,
                              DecodeShardManifest(*bytes, path));
    if (manifest.snapshot_epoch != info.snapshot_epoch) {
      return missing("is the cut of epoch ", manifest.snapshot_epoch, ", not ",
                     info.snapshot_epoch);
    }
  }
  return absl::OkStatus();
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

absl::Status CheckFree(Disk& disk, const std::string& root,
                       absl::string_view name) {
  const absl::Status read = ReadCheckpoint(disk, root, name).status();
  if (read.ok()) return ExistsError(root, name);
  return absl::IsNotFound(read) ? absl::OkStatus() : read;
}

absl::Status StopCommit(Disk& disk, const std::string& root,
                        absl::string_view name) {
  const std::string path = ManifestOf(CheckpointPath(root, name));
  absl::Status removed = disk.Remove(TemporaryPath(path));
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(path));
  return exists ? ExistsError(root, name) : absl::OkStatus();
}

absl::Status CommitCheckpoint(Disk& disk, const std::string& root,
                              const CheckpointInfo& info,
                              absl::string_view software) {
  ROWHOUSE_RETURN_IF_ERROR(ValidateCheckpointName(info.name));
  const std::string path = ManifestOf(CheckpointPath(root, info.name));
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(path));
  if (exists) return ExistsError(root, info.name);
  // Once for the answer, and once more when no part can go unnoticed.
  ROWHOUSE_RETURN_IF_ERROR(CheckParts(disk, root, info));
  ROWHOUSE_RETURN_IF_ERROR(
      WriteTemporary(disk, path, EncodeCheckpointManifest(info, software)));
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
  const std::string directory = CheckpointPath(root, name);
  const std::string path = ManifestOf(directory);
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(path));
  if (exists) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                              disk.Read(path, kFramedFileBytesMax));
    return DecodeCheckpointManifest(bytes, name, path);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const bool begun, disk.Exists(directory));
  return absl::NotFoundError(absl::StrCat(
      "no complete checkpoint ", name, " in ", root,
      begun ? ": one was begun and never finished, since it has no MANIFEST; "
              "take another"
            : ""));
}

absl::StatusOr<CheckpointListing> ListCheckpoints(Disk& disk,
                                                  const std::string& root) {
  CheckpointListing listing;
  ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, disk.Exists(root));
  if (!exists) return listing;
  ROWHOUSE_ASSIGN_OR_RETURN(const auto names, disk.List(root));
  for (const std::string& name : names) {
    if (!ValidateCheckpointName(name).ok()) continue;
    auto info = ReadCheckpoint(disk, root, name);
    if (info.ok()) {
      listing.complete.push_back(*std::move(info));
    } else if (!absl::IsNotFound(info.status())) {
      listing.unreadable.push_back({name, info.status()});
    }
  }
  return listing;
}

absl::Status DeleteCheckpoint(Disk& disk, const std::string& root,
                              absl::string_view name) {
  ROWHOUSE_RETURN_IF_ERROR(ValidateCheckpointName(name));
  const std::string directory = CheckpointPath(root, name);
  // The manifest first: what is left of it then is no checkpoint.
  const absl::Status removed = disk.Remove(ManifestOf(directory));
  if (absl::IsNotFound(removed)) {
    return absl::NotFoundError(
        absl::StrCat("no complete checkpoint ", name, " in ", root));
  }
  ROWHOUSE_RETURN_IF_ERROR(removed);
  ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(directory));
  return disk.RemoveAll(directory);
}

absl::Status DeleteUnfinished(Disk& disk, const std::string& root,
                              absl::string_view name) {
  ROWHOUSE_RETURN_IF_ERROR(ValidateCheckpointName(name));
  const std::string directory = CheckpointPath(root, name);
  const std::string removal = RemovalPath(root);
  // Of one that was cut short.
  ROWHOUSE_RETURN_IF_ERROR(disk.RemoveAll(removal));
  const auto entries = disk.List(directory);
  if (absl::IsNotFound(entries.status())) {
    return absl::NotFoundError(
        absl::StrCat("no complete checkpoint ", name, " in ", root));
  }
  ROWHOUSE_RETURN_IF_ERROR(entries.status());
  for (const std::string& entry : *entries) {
    if (IsOfCheckpoints(entry)) continue;
    return absl::NotFoundError(absl::StrCat(
        "no complete checkpoint ", name, " in ", root, ", and what is there, '",
        entry, "' for one, is no part of one and stays"));
  }
  // Everything goes in one step. A commit that has seen the parts before then
  // misses its temporary file, a part that is being copied the files it has
  // so far; one after another they could slip past both.
  ROWHOUSE_RETURN_IF_ERROR(disk.Rename(directory, removal));
  ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(root));
  return disk.RemoveAll(removal);
}

}  // namespace rowhouse::storage
