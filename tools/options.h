// The command line.
#ifndef ROWHOUSE_TOOLS_OPTIONS_H_
#define ROWHOUSE_TOOLS_OPTIONS_H_

#include <string>
#include <variant>

#include "tools/checkpoint.h"
#include "tools/checkpoint_verify.h"
#include "tools/columns_apply.h"
#include "tools/columns_explain.h"
#include "tools/connect.h"
#include "tools/dump_journal.h"
#include "tools/dump_manifest.h"
#include "tools/dump_row.h"
#include "tools/exit_code.h"
#include "tools/row.h"
#include "tools/status.h"
#include "tools/table.h"
#include "tools/transfer.h"

namespace rowhouse::tools {

using Verb =
    std::variant<StatusVerb, TableListVerb, TableDescribeVerb, TableCreateVerb,
                 TableDropVerb, RowGetVerb, CheckpointCreateVerb,
                 CheckpointListVerb, CheckpointRestoreVerb,
                 CheckpointDeleteVerb, CheckpointPruneVerb,
                 CheckpointVerifyVerb, DumpJournalVerb, DumpManifestVerb,
                 DumpRowVerb, DumpTensorsVerb, ImportVerb, ExportVerb,
                 ColumnsExplainVerb, ColumnsApplyVerb>;

struct Options {
  Target target;
  bool json = false;
  Verb verb;
};

// What there is to say instead of running a verb: help, the version, or what is
// wrong with the command line.
struct Notice {
  ExitCode code = ExitCode::kOk;
  std::string data;  // for standard output
  std::string talk;  // for standard error
};

// Reads ROWHOUSE_SERVERS too, where neither --servers nor --embedded is given.
std::variant<Options, Notice> ParseOptions(int argc, const char* const* argv);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_OPTIONS_H_
