// Which journal records name a row.
#ifndef ROWHOUSE_TOOLS_ROW_MENTIONS_H_
#define ROWHOUSE_TOOLS_ROW_MENTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rowhouse/ids.h"

namespace rowhouse::tools {

// A push or a write of the row.
struct RowMention {
  Lsn lsn;
  const char* kind = "";  // as `dump journal` has it
  std::uint64_t session = 0;
  std::uint64_t sequence = 0;
  std::size_t times = 0;  // occurrences of the id in the record
};

// Reads the journal of a data directory, in use or not, and adds what names
// the row, oldest first. After an error `mentions` has what came before.
absl::Status ReadRowMentions(const std::string& data_dir,
                             TableIncarnation table, Id id,
                             std::vector<RowMention>& mentions);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_ROW_MENTIONS_H_
