// rowhouse table list|describe|create|drop
#ifndef ROWHOUSE_TOOLS_TABLE_H_
#define ROWHOUSE_TOOLS_TABLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct TableListVerb {};

struct TableDescribeVerb {
  std::string name;
};

struct TableCreateVerb {
  std::string spec;  // JSON, or @FILE that holds it
};

struct TableDropVerb {
  std::string name;
};

absl::StatusOr<ExitCode> Run(const TableListVerb& verb, const Target& target,
                             const Output& output);
absl::StatusOr<ExitCode> Run(const TableDescribeVerb& verb,
                             const Target& target, const Output& output);
// kUsage when the spec does not parse or has a value out of bounds. Makes an
// embedded directory that is not there.
absl::StatusOr<ExitCode> Run(const TableCreateVerb& verb, const Target& target,
                             const Output& output);
absl::StatusOr<ExitCode> Run(const TableDropVerb& verb, const Target& target,
                             const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_TABLE_H_
