// Reading a whole journal in tests.
#ifndef ROWHOUSE_TESTS_STORAGE_JOURNAL_RECORDS_H_
#define ROWHOUSE_TESTS_STORAGE_JOURNAL_RECORDS_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "storage/journal.h"

namespace rowhouse::storage {

struct SeenRecord {
  std::uint64_t lsn = 0;
  std::uint32_t kind = 0;
  std::string payload;
  friend bool operator==(const SeenRecord&, const SeenRecord&) = default;
};

inline void PrintTo(const SeenRecord& record, std::ostream* out) {
  *out << "(" << record.lsn << ", " << record.kind << ", \""
       << record.payload.substr(0, 20) << "\" of " << record.payload.size()
       << ")";
}

struct SeenJournal {
  JournalReplay replay;
  std::vector<SeenRecord> records;
};

inline absl::StatusOr<SeenJournal> ReadJournal(Disk& disk,
                                               const std::string& directory,
                                               std::uint64_t after = 0,
                                               std::uint64_t durable = 0) {
  SeenJournal seen;
  ROWHOUSE_ASSIGN_OR_RETURN(
      seen.replay, ReplayJournal(disk, directory, Lsn(after), Lsn(durable),
                                 [&](const JournalRecord& record) {
                                   seen.records.push_back(
                                       {.lsn = record.lsn.value(),
                                        .kind = record.kind,
                                        .payload = {record.payload.begin(),
                                                    record.payload.end()}});
                                   return absl::OkStatus();
                                 }));
  return seen;
}

// Options that go on where `replay` ended.
inline Journal::Options OptionsAfter(const JournalReplay& replay,
                                     const std::string& directory,
                                     std::uint64_t segment_bytes = 1 << 20) {
  return {.directory = directory,
          .segment_bytes = segment_bytes,
          .incarnation = 0x1122334455667788,
          .next = Lsn(replay.last.value() + 1),
          .next_segment = replay.last_segment + 1,
          .last_crc = replay.last_crc};
}

inline absl::StatusOr<Lsn> AppendText(Journal& journal, std::uint32_t kind,
                                      absl::string_view text) {
  return journal.Append(kind,
                        {absl::Span<const char>(text.data(), text.size())});
}

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_TESTS_STORAGE_JOURNAL_RECORDS_H_
