// Checkpoints on disk. Under the checkpoint root:
//
//   NAME/shard-IIIII-of-NNNNN/  parts (checkpoint_part.h)
//   NAME/MANIFEST               written last: without it the checkpoint does
//                               not exist
#ifndef ROWHOUSE_STORAGE_CHECKPOINT_H_
#define ROWHOUSE_STORAGE_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/checkpoint_listing.h"
#include "base/requests.h"
#include "storage/checkpoint_manifest.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// INVALID_ARGUMENT unless `name` is 1 to kCheckpointNameBytesMax of
// [A-Za-z0-9._-] and begins with a letter or digit: it names a directory.
absl::Status ValidateCheckpointName(absl::string_view name);

// ROOT/NAME/shard-IIIII-of-NNNNN
std::string ShardCheckpointPath(absl::string_view root, absl::string_view name,
                                ShardIndex index, std::uint32_t shard_count);

// ALREADY_EXISTS when there is the checkpoint; DATA_LOSS when there may be.
absl::Status CheckFree(Disk& disk, const std::string& root,
                       absl::string_view name);

// Makes the checkpoint exist. ALREADY_EXISTS when it does. Every part must be
// there, and of the epoch that `info` says (FAILED_PRECONDITION naming the
// shard whose part is not), and none may be displaced meanwhile
// (FAILED_PRECONDITION). One call of a name at a time. `software` is noted.
absl::Status CommitCheckpoint(Disk& disk, const std::string& root,
                              const CheckpointInfo& info,
                              absl::string_view software);

// A commit under way fails, or has happened: then ALREADY_EXISTS.
absl::Status StopCommit(Disk& disk, const std::string& root,
                        absl::string_view name);

// NOT_FOUND when there is no complete checkpoint of that name, and whether one
// was begun.
absl::StatusOr<CheckpointInfo> ReadCheckpoint(Disk& disk,
                                              const std::string& root,
                                              absl::string_view name);

// Complete ones, and those that cannot be read, whatever the reason. An error:
// `root` itself cannot be.
absl::StatusOr<CheckpointListing> ListCheckpoints(Disk& disk,
                                                  const std::string& root);

// Removes a complete one. NOT_FOUND when there is none. Cut short, it leaves
// something incomplete, whose name is free.
absl::Status DeleteCheckpoint(Disk& disk, const std::string& root,
                              absl::string_view name);

// Removes what has no manifest: what failed attempts left, or a deletion that
// was cut short. An attempt that is under way, of whatever cluster, fails, or
// its checkpoint is removed too. NOT_FOUND when there is nothing, or something
// that no checkpoint has: then nothing is touched.
absl::Status DeleteUnfinished(Disk& disk, const std::string& root,
                              absl::string_view name);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_CHECKPOINT_H_
