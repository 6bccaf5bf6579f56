// The two manifests of checkpoints as bytes: of a shard's part, and of the
// whole. Format: docs/formats.md.
#ifndef ROWHOUSE_STORAGE_CHECKPOINT_MANIFEST_H_
#define ROWHOUSE_STORAGE_CHECKPOINT_MANIFEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/requests.h"
#include "storage/data_dir.h"

namespace rowhouse::storage {

// On disk: do not change; raise the number instead. 1 had no journal.
inline constexpr std::uint32_t kCheckpointFormat = 2;

// A table of a part. What it holds is the copy of its rows, then the records of
// the part's journal that come after.
struct CheckpointTable {
  StoredTable table;
  std::uint64_t rows = 0;            // in the copy
  std::optional<StoredSteps> steps;  // up to `after`, where it has steps
  Lsn after;                         // the copy holds everything up to here
  bool fresh = false;  // made after rows were copied: none of them is there
  friend bool operator==(const CheckpointTable&,
                         const CheckpointTable&) = default;
};

// A file of the shard's part, by path relative to its directory.
struct CheckpointFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::string sha256;  // lower-case hex
  friend bool operator==(const CheckpointFile&,
                         const CheckpointFile&) = default;
};

struct ShardManifest {
  ShardIndex index;
  std::uint32_t shard_count = 0;
  std::uint64_t data_incarnation = 0;
  // The record that closed the cut: those after it do not belong to it, nor
  // does a push of an epoch beyond `snapshot_epoch`, wherever it stands.
  Lsn cut;
  std::uint64_t snapshot_epoch = 0;
  std::vector<CheckpointTable> tables;
  std::vector<CheckpointFile> files;
  // The deduplication state as of `sessions_lsn`; the journal adds the rest.
  Lsn sessions_lsn;
  std::uint64_t last_session_number = 0;
  std::vector<StoredSession> sessions;
  std::string software;  // that wrote it, for messages
  friend bool operator==(const ShardManifest&, const ShardManifest&) = default;
};

// Whole files, frame included.
std::string EncodeShardManifest(const ShardManifest& manifest);
std::string EncodeCheckpointManifest(const CheckpointInfo& info,
                                     absl::string_view software);

// `path` is for messages. DATA_LOSS: damaged, or of another program.
// FAILED_PRECONDITION: of another format, naming what wrote it and what to do.
absl::StatusOr<ShardManifest> DecodeShardManifest(absl::string_view bytes,
                                                  const std::string& path);
// DATA_LOSS also when it is of another checkpoint than `name`.
absl::StatusOr<CheckpointInfo> DecodeCheckpointManifest(
    absl::string_view bytes, absl::string_view name, const std::string& path);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_CHECKPOINT_MANIFEST_H_
