// What `rowhouse dump manifest` says of a data directory.
#ifndef ROWHOUSE_TOOLS_DUMP_DATA_DIR_H_
#define ROWHOUSE_TOOLS_DUMP_DATA_DIR_H_

#include <string>

#include "absl/status/status.h"
#include "storage/data_dir.h"
#include "tools/output.h"

namespace rowhouse::tools {

// Prints `manifest`, which was read from `directory`, and the WATERMARKS beside
// it. DATA_LOSS when those are damaged; the manifest is printed then too.
absl::Status DumpDataDir(const std::string& directory,
                         const storage::DataDirManifest& manifest,
                         const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_DUMP_DATA_DIR_H_
