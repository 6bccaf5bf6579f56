// rowhouse checkpoint create|list|restore|delete|prune
#ifndef ROWHOUSE_TOOLS_CHECKPOINT_H_
#define ROWHOUSE_TOOLS_CHECKPOINT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct CheckpointCreateVerb {
  std::string name;  // empty: the time
  // Above 0: then all but so many of the newest are deleted.
  std::uint64_t keep = 0;
  // Above 0: one after the other, each beginning so long after the one before
  // did or when that has ended, until the process is ended. One that fails is
  // no end.
  absl::Duration every;
};

struct CheckpointListVerb {};

struct CheckpointRestoreVerb {
  std::string name;
  std::optional<std::uint64_t> epoch = {};  // instead of the name: "as of"
  bool replace = false;  // the tables that are there are lost
};

struct CheckpointDeleteVerb {
  std::string name;
};

struct CheckpointPruneVerb {
  std::uint64_t keep = 0;  // of the newest
};

absl::StatusOr<ExitCode> Run(const CheckpointDeleteVerb& verb,
                             const Target& target, const Output& output);
absl::StatusOr<ExitCode> Run(const CheckpointPruneVerb& verb,
                             const Target& target, const Output& output);
absl::StatusOr<ExitCode> Run(const CheckpointCreateVerb& verb,
                             const Target& target, const Output& output);
absl::StatusOr<ExitCode> Run(const CheckpointListVerb& verb,
                             const Target& target, const Output& output);
absl::StatusOr<ExitCode> Run(const CheckpointRestoreVerb& verb,
                             const Target& target, const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_CHECKPOINT_H_
