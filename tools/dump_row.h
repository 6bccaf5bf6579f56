// rowhouse dump row
#ifndef ROWHOUSE_TOOLS_DUMP_ROW_H_
#define ROWHOUSE_TOOLS_DUMP_ROW_H_

#include <string>

#include "absl/status/statusor.h"
#include "rowhouse/ids.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct DumpRowVerb {
  std::string directory;  // a data directory, or a part of a checkpoint
  std::string table;
  Id id = 0;
};

// The row as the row store has it, and the journal records behind it that name
// it: a server that starts here would apply those to it. NOT_FOUND when the
// directory knows no such table, or nothing of the row.
absl::StatusOr<ExitCode> Run(const DumpRowVerb& verb, const Target& target,
                             const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_DUMP_ROW_H_
