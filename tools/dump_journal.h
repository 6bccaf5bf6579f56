// rowhouse dump journal
#ifndef ROWHOUSE_TOOLS_DUMP_JOURNAL_H_
#define ROWHOUSE_TOOLS_DUMP_JOURNAL_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "rowhouse/ids.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct DumpJournalVerb {
  std::string directory;    // a data directory, or one of segments
  Lsn after;                // only records behind it
  std::uint64_t limit = 0;  // 0: all
};

// One line per record, also in JSON, since a journal may be larger than memory.
// The records before damage are printed; the damage is DATA_LOSS naming file
// and offset.
absl::StatusOr<ExitCode> Run(const DumpJournalVerb& verb, const Target& target,
                             const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_DUMP_JOURNAL_H_
