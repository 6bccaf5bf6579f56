// rowhouse columns apply
#ifndef ROWHOUSE_TOOLS_COLUMNS_APPLY_H_
#define ROWHOUSE_TOOLS_COLUMNS_APPLY_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct ColumnsApplyVerb {
  std::string spec;      // file, as ReadColumnsFile takes it
  std::string features;  // JSON file: tensors by key, as tensor_json.h has them
};

// Prints what the columns make of the features: ids, and weights and lengths
// where there are such, of categorical columns and of those that embeddings
// look up; numbers of the others. kUsage when a file or a column makes no
// sense. Asks no shard.
absl::StatusOr<ExitCode> Run(const ColumnsApplyVerb& verb, const Target& target,
                             const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_COLUMNS_APPLY_H_
