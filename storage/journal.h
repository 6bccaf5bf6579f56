// The shard's journal: one record per push, in segments, hash-chained. A record
// is the commit point of what it holds. Format: docs/formats.md.
#ifndef ROWHOUSE_STORAGE_JOURNAL_H_
#define ROWHOUSE_STORAGE_JOURNAL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "rowhouse/ids.h"
#include "storage/disk.h"

namespace rowhouse::storage {

struct JournalRecord {
  Lsn lsn;
  std::uint32_t kind = 0;  // the shard's own; not read here
  absl::Span<const char> payload;
};

// What replay met.
struct JournalReplay {
  Lsn last;                        // greatest LSN seen; 0: none
  std::uint64_t last_segment = 0;  // greatest segment id seen; 0: none
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  // A tail that was torn by a crash and cut off: unsynced, never promised.
  std::uint64_t cut_bytes = 0;
};

// Reads every record of the journal in `directory` with LSN > `after`, in LSN
// order, and hands it to `visit`; an error of `visit` ends it. Records up to
// `durable` are known to have been synced: damage there, or damage with a valid
// record behind it, is DATA_LOSS naming file and offset; a damaged tail beyond
// is cut. Reads one segment at a time.
absl::StatusOr<JournalReplay> ReplayJournal(
    Disk& disk, const std::string& directory, Lsn after, Lsn durable,
    absl::FunctionRef<absl::Status(const JournalRecord&)> visit);

// Thread-safe. Append order is LSN order. After any write or sync error the
// journal is failed for good: every later call returns that error.
class Journal {
 public:
  struct Options {
    std::string directory;
    std::uint64_t segment_bytes = 0;  // a larger record gets a segment alone
    std::uint64_t incarnation = 0;    // of the data directory
    Lsn next{1};                      // above every LSN ever used here
    std::uint64_t next_segment = 1;   // above every segment id ever used here
  };

  // Begins a new segment; segments from before are never written again.
  static absl::StatusOr<std::unique_ptr<Journal>> Open(Disk& disk,
                                                       Options options);

  // Copies the pieces into the group being gathered and gives the record its
  // LSN. RESOURCE_EXHAUSTED when the disk has no room for it: then no LSN is
  // given and nothing has happened. Waits while the group is full.
  absl::StatusOr<Lsn> Append(std::uint32_t kind,
                             absl::Span<const absl::Span<const char>> pieces);

  // Returns when the record of `lsn` is with the kernel (survives kill -9). One
  // caller writes the whole group; the others wait for it.
  absl::Status Write(Lsn lsn);

  // Returns when it is on the disk (survives power loss). Callers that wait
  // together share one fdatasync.
  absl::Status Sync(Lsn lsn);

  Lsn last() const;                      // of the last Append
  Lsn synced() const;                    // everything up to here is on the disk
  std::uint64_t bytes() const;           // of all segments kept
  std::uint64_t unsynced_bytes() const;  // written or gathered, not synced

  // Removes segments that hold only records with LSN <= `lsn`.
  absl::Status RemoveUpTo(Lsn lsn);

  // Ends the segment: the next record begins a new one.
  absl::Status Roll();

  // Files of all segments, oldest first.
  std::vector<std::string> SegmentPaths() const;

  ~Journal();

 private:
  struct State;
  explicit Journal(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_JOURNAL_H_
