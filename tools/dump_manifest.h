// rowhouse dump manifest
#ifndef ROWHOUSE_TOOLS_DUMP_MANIFEST_H_
#define ROWHOUSE_TOOLS_DUMP_MANIFEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct DumpManifestVerb {
  std::string directory;  // a data directory, a checkpoint, or a part of one
};

absl::StatusOr<ExitCode> Run(const DumpManifestVerb& verb, const Target& target,
                             const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_DUMP_MANIFEST_H_
