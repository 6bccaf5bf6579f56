// rowhouse row get
#ifndef ROWHOUSE_TOOLS_ROW_H_
#define ROWHOUSE_TOOLS_ROW_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/ids.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct RowGetVerb {
  std::string table;
  std::vector<Id> ids;
};

// A row never pushed has its first value, and says that it is not stored.
absl::StatusOr<ExitCode> Run(const RowGetVerb& verb, const Target& target,
                             const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_ROW_H_
