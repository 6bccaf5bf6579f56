// The text file "checkpoint" that says which of a directory's checkpoints is
// the latest.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_STATE_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_STATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::interchange {

inline constexpr char kCheckpointStateFile[] = "checkpoint";

struct CheckpointState {
  std::string latest;            // prefix of the latest checkpoint
  std::vector<std::string> all;  // oldest first
  std::vector<double> times;     // seconds since 1970, of each of `all`
  double last_preserved_time = 0;
};

// What the file in `directory` says, relative paths joined to the directory.
// None when there is no such file or it cannot be read, is no text of the
// message (a field that the message lacks counts as that) or is longer than
// kCheckpointStateBytesMax. INVALID_ARGUMENT when it names no latest one or
// is not UTF-8.
absl::StatusOr<std::optional<CheckpointState>> ReadCheckpointState(
    const std::string& directory);

// The latest checkpoint of `directory`: the one that the file names, whatever
// the others are, if its index exists.
absl::StatusOr<std::optional<std::string>> LatestCheckpoint(
    const std::string& directory);

// The checkpoint that `path` stands for: the latest of a directory, itself
// otherwise. INVALID_ARGUMENT for a directory without a latest one.
absl::StatusOr<std::string> ResolveCheckpoint(const std::string& path);

// Replaces the file in `directory`. Paths below the directory are written
// relative to it, `all` ends with `latest` (it is added when it does not), and
// loses its older half where the file would be too long to be read.
// FAILED_PRECONDITION when `latest` is the path of the file itself;
// INVALID_ARGUMENT when it is empty or `times` has another length than `all`.
absl::Status WriteCheckpointState(const std::string& directory,
                                  CheckpointState state);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_STATE_H_
