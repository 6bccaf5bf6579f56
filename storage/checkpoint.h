// Checkpoints on disk. Under the checkpoint root:
//
//   NAME/shard-00000-of-00004/rows/     a copy of the shard's row store
//   NAME/shard-00000-of-00004/MANIFEST  ShardManifest, written after rows/
//   NAME/MANIFEST                       written last: without it the
//                                       checkpoint does not exist
#ifndef ROWHOUSE_STORAGE_CHECKPOINT_H_
#define ROWHOUSE_STORAGE_CHECKPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/requests.h"
#include "storage/data_dir.h"
#include "storage/disk.h"

namespace rowhouse::storage {

struct CheckpointTable {
  StoredTable table;
  std::uint64_t rows = 0;
  std::optional<StoredSteps> steps;  // up to the cut, where it has steps
};

// A file of the shard's part, by path relative to its directory.
struct CheckpointFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::string sha256;  // lower-case hex
};

struct ShardManifest {
  ShardIndex index;
  std::uint32_t shard_count = 0;
  std::uint64_t data_incarnation = 0;
  Lsn cut;  // the last push it contains
  std::uint64_t snapshot_epoch = 0;
  std::vector<CheckpointTable> tables;
  std::vector<CheckpointFile> files;
};

// INVALID_ARGUMENT unless `name` is 1 to kCheckpointNameBytesMax of
// [A-Za-z0-9._-] and begins with a letter or digit: it names a directory.
absl::Status ValidateCheckpointName(absl::string_view name);

// ROOT/NAME/shard-IIIII-of-NNNNN
std::string ShardCheckpointPath(absl::string_view root, absl::string_view name,
                                ShardIndex index, std::uint32_t shard_count);

// Makes the empty directory of a part and returns its path. What an attempt of
// this name left that never became a checkpoint is removed, a finished part
// too: its client may not have lived to commit it. A commit of that attempt
// that is under way fails then. ALREADY_EXISTS, and nothing is touched, when
// there is the checkpoint.
absl::StatusOr<std::string> BeginShardCheckpoint(Disk& disk,
                                                 const std::string& root,
                                                 absl::string_view name,
                                                 ShardIndex index,
                                                 std::uint32_t shard_count);

// Fills in `files` by reading what lies below `path` and writes path/MANIFEST,
// then returns what the global manifest says of it. REQUIRES: rows/ complete.
absl::StatusOr<ShardCheckpoint> FinishShardCheckpoint(Disk& disk,
                                                      const std::string& path,
                                                      ShardManifest manifest);

// What the part at `path` says of itself; its files are not looked at.
// NOT_FOUND when there is no manifest.
absl::StatusOr<ShardManifest> ReadShardManifest(Disk& disk,
                                                const std::string& path);

// DATA_LOSS when the manifest's SHA-256 is not `expected.manifest_sha256`, or a
// file is missing, of another size or has another SHA-256.
absl::StatusOr<ShardManifest> ReadShardCheckpoint(
    Disk& disk, const std::string& path, const ShardCheckpoint& expected);

// Makes the checkpoint exist. ALREADY_EXISTS when it does. Every part must be
// there (FAILED_PRECONDITION naming the shard whose part is not), and none may
// be begun anew meanwhile (FAILED_PRECONDITION). One call of a name at a time.
absl::Status CommitCheckpoint(Disk& disk, const std::string& root,
                              const CheckpointInfo& info);

// NOT_FOUND when there is no complete checkpoint of that name.
absl::StatusOr<CheckpointInfo> ReadCheckpoint(Disk& disk,
                                              const std::string& root,
                                              absl::string_view name);

// Complete ones, by name.
absl::StatusOr<std::vector<CheckpointInfo>> ListCheckpoints(
    Disk& disk, const std::string& root);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_CHECKPOINT_H_
