// rowhouse checkpoint verify
#ifndef ROWHOUSE_TOOLS_CHECKPOINT_VERIFY_H_
#define ROWHOUSE_TOOLS_CHECKPOINT_VERIFY_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct CheckpointVerifyVerb {
  std::string directory;  // CHECKPOINTS/NAME
};

// Reads all of a checkpoint, as a restore would, and loads nothing: every file
// has its SHA-256, every row of the copies its checksum and each bucket its
// count, every journal reaches its cut, and the parts agree about their tables.
absl::StatusOr<ExitCode> Run(const CheckpointVerifyVerb& verb,
                             const Target& target, const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_CHECKPOINT_VERIFY_H_
