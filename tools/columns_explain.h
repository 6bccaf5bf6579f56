// rowhouse columns explain
#ifndef ROWHOUSE_TOOLS_COLUMNS_EXPLAIN_H_
#define ROWHOUSE_TOOLS_COLUMNS_EXPLAIN_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct ColumnsExplainVerb {
  std::string spec;  // file, as ReadColumnsFile takes it
};

// Prints each column's name, what it does, the shape of one row, its table and
// its number of ids, and what a reader of tf.Example must provide. kUsage when
// the file or a column makes no sense; reads no data and asks no shard.
absl::StatusOr<ExitCode> Run(const ColumnsExplainVerb& verb,
                             const Target& target, const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_COLUMNS_EXPLAIN_H_
