// Reads a journal that may be in use: nothing is locked, changed or cut, and a
// server that removes old segments meanwhile does not confuse it.
#ifndef ROWHOUSE_TOOLS_JOURNAL_WALK_H_
#define ROWHOUSE_TOOLS_JOURNAL_WALK_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/ids.h"
#include "storage/disk.h"
#include "storage/journal.h"

namespace rowhouse::tools {

struct WalkedRecord {
  storage::JournalRecord record;
  const std::string& path;   // of its segment
  std::uint64_t offset = 0;  // in the segment
  std::uint64_t bytes = 0;   // with header and padding
};

// The same error with the record's file and offset before it.
absl::Status AtRecord(const WalkedRecord& walked, const absl::Status& status);

// Visits the records with LSN > `after` of the journal in `directory`, oldest
// first; an error of `visit` ends the walk and is returned. Records before the
// oldest segment are not missed: a server removes what its rows hold.
//
// `durable` is what WATERMARKS said before the walk. Damage in what is known to
// have been synced is DATA_LOSS naming file and offset; other bytes at the end
// that are no record are only counted (JournalReplay::cut_bytes): a server
// begins there, or is writing them at this moment.
absl::StatusOr<storage::JournalReplay> WalkJournal(
    storage::Disk& disk, const std::string& directory, Lsn after, Lsn durable,
    absl::FunctionRef<absl::Status(const WalkedRecord&)> visit);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_JOURNAL_WALK_H_
