// Three kinds of directories have a MANIFEST.
#ifndef ROWHOUSE_TOOLS_STORED_MANIFEST_H_
#define ROWHOUSE_TOOLS_STORED_MANIFEST_H_

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "base/requests.h"
#include "storage/checkpoint.h"
#include "storage/data_dir.h"

namespace rowhouse::tools {

// Of a data directory, of a shard's part of a checkpoint, of a checkpoint.
using StoredManifest = std::variant<storage::DataDirManifest,
                                    storage::ShardManifest, CheckpointInfo>;

// What directory/MANIFEST says, whichever of the three it is. NOT_FOUND: there
// is none. DATA_LOSS: damaged, or of no kind that this program knows.
absl::StatusOr<StoredManifest> ReadStoredManifest(const std::string& directory);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_STORED_MANIFEST_H_
