// rowhouse checkpoint create|list|restore
#ifndef ROWHOUSE_TOOLS_CHECKPOINT_H_
#define ROWHOUSE_TOOLS_CHECKPOINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct CheckpointCreateVerb {
  std::string name;
};

struct CheckpointListVerb {};

struct CheckpointRestoreVerb {
  std::string name;
  bool replace = false;  // the tables that are there are lost
};

absl::StatusOr<ExitCode> Run(const CheckpointCreateVerb& verb,
                             const Target& target, const Output& output);
absl::StatusOr<ExitCode> Run(const CheckpointListVerb& verb,
                             const Target& target, const Output& output);
absl::StatusOr<ExitCode> Run(const CheckpointRestoreVerb& verb,
                             const Target& target, const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_CHECKPOINT_H_
