// One shard's part of a checkpoint on disk. It is made whole in a directory of
// the shard's own, where hard links are to be had, and then put into its place
// below the checkpoint root by one rename:
//
//   ROOT/NAME/shard-00000-of-00004/rows/     a copy of the shard's row store
//   ROOT/NAME/shard-00000-of-00004/journal/  what has to be replayed upon it
//   ROOT/NAME/shard-00000-of-00004/DIGESTS   RowDigests of rows/
//   ROOT/NAME/shard-00000-of-00004/MANIFEST  ShardManifest
#ifndef ROWHOUSE_STORAGE_CHECKPOINT_PART_H_
#define ROWHOUSE_STORAGE_CHECKPOINT_PART_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/requests.h"
#include "storage/checkpoint_manifest.h"
#include "storage/disk.h"
#include "storage/row_digests.h"

namespace rowhouse::storage {

// Bytes of DIGESTS: some 16 for each bucket of each table a shard may have.
inline constexpr std::uint64_t kDigestsBytesMax = 512u << 20;

// Which part, and where it goes.
struct PartPlace {
  std::string root;
  std::string name;
  ShardIndex index;
  std::uint32_t shard_count = 0;

  // ROOT/NAME/shard-IIIII-of-NNNNN
  std::string Path() const;
};

// Asked before each file is read: an error ends the work with it.
using MayGoOn = absl::FunctionRef<absl::Status()>;
absl::Status Always();

// Fills in `files` by reading what lies below `path`, makes it durable, and
// writes path/MANIFEST; then returns what the checkpoint's manifest says of it.
// REQUIRES: all but the manifest is there.
absl::StatusOr<ShardCheckpoint> FinishPart(Disk& disk, const std::string& path,
                                           ShardManifest manifest,
                                           MayGoOn may_go_on = Always);

// Puts the finished part in directory `path` into its place and removes `path`.
// Where that is another file system, files are copied, but for those that the
// latest checkpoint there has with the same content: these are linked. What an
// attempt of this name left that never became a checkpoint gives way. A commit
// of that attempt that is under way fails then. ALREADY_EXISTS, and nothing is
// touched, when there is the checkpoint.
absl::Status PublishPart(Disk& disk, const std::string& path,
                         const PartPlace& place, MayGoOn may_go_on = Always);

// Removes the part from its place, and NAME if nothing else is in it.
// ALREADY_EXISTS, and nothing is touched, when there is the checkpoint.
absl::Status RemovePart(Disk& disk, const PartPlace& place);

// Removes what the attempt of `epoch` has left of the part, whoever made it:
// the part itself, as RemovePart, or a copy that was begun. One that is set
// aside comes back first. A part of another epoch stays. REQUIRES: nobody is
// making this part.
absl::Status RemoveAttempt(Disk& disk, const PartPlace& place,
                           std::uint64_t epoch);

// What the part at `path` says of itself; its files are not looked at.
// NOT_FOUND when there is no manifest.
absl::StatusOr<ShardManifest> ReadShardManifest(Disk& disk,
                                                const std::string& path);

// DATA_LOSS when the manifest's SHA-256 is not `expected.manifest_sha256`, or a
// file is missing, of another size or has another SHA-256, or is one too many.
// A part that a kill left set aside is put back first.
// REQUIRES: `expected` is of a checkpoint that is committed.
absl::StatusOr<ShardManifest> ReadShardCheckpoint(
    Disk& disk, const std::string& path, const ShardCheckpoint& expected);

absl::Status WriteDigests(Disk& disk, const std::string& path,
                          const RowDigests& digests);
absl::StatusOr<RowDigests> ReadDigests(Disk& disk, const std::string& path);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_CHECKPOINT_PART_H_
