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
  // Where it lies; its length there is RecordBytes(payload.size()).
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
};

// What replay met.
struct JournalReplay {
  Lsn last;                        // greatest LSN seen; 0: none
  std::uint64_t last_segment = 0;  // greatest segment id seen; 0: none
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  // A tail that was torn by a crash and cut off: unsynced, never promised. In a
  // reused file as much of it as can be told from the old bytes behind it.
  std::uint64_t cut_bytes = 0;
  // What the next Journal::Options want, so that the chain goes on.
  std::uint32_t last_crc = 0;     // of the last record; 0: not known
  std::uint64_t incarnation = 0;  // of the data directory; 0: no segment
  // What is wrong with the mark of the last sync; nothing was cut then. Empty:
  // nothing.
  std::string damaged_mark;
};

// Makes what a replay of the journal in `directory` will find durable: a killed
// process may have left it in the kernel's memory. To be called before a replay
// that is acted upon.
//
// Only the tail, which no later segment vouches for, can be lost yet. It is
// written once more, byte for byte, and not only synced: after a sync that
// failed the kernel calls pages clean that never reached the disk, and the next
// sync of those says OK. Rebello et al., "Can Applications Recover from fsync
// Failures?", USENIX ATC 2020.
absl::Status MakeJournalDurable(Disk& disk, const std::string& directory);

// Reads every record of the journal in `directory` with LSN > `after`, in LSN
// order, and hands it to `visit`; an error of `visit` ends it. Reads one
// segment at a time, and none that holds only records up to `after`.
//
// A damaged or missing record x > `after` is DATA_LOSS naming file and offset
// when it is known to have been synced: x <= `durable`, the mark of the last
// sync (synced_mark.h) or a later valid record says so (each carries the LSN
// that was durable when it was made), or a later segment begins beyond x.
// Otherwise it is the tail that a crash tore, and is cut: then a valid record
// may lie behind it, since the kernel writes the pages of an unsynced group in
// any order. Where the mark itself is damaged nothing is cut, but refused as
// DATA_LOSS. FAILED_PRECONDITION: a newer format.
absl::StatusOr<JournalReplay> ReplayJournal(
    Disk& disk, const std::string& directory, Lsn after, Lsn durable,
    absl::FunctionRef<absl::Status(const JournalRecord&)> visit);

// Thread-safe. Append order is LSN order. After any write or sync error the
// journal is failed for good: every later call returns that error, UNAVAILABLE.
// Destroying it writes nothing: what was not written is lost, as in a crash.
class Journal {
 public:
  struct Options {
    std::string directory;
    std::uint64_t segment_bytes = 0;  // a larger record gets a segment alone
    std::uint64_t incarnation = 0;    // of the data directory
    Lsn next{1};                      // above every LSN ever used here
    std::uint64_t next_segment = 1;   // above every segment id ever used here
    std::uint32_t last_crc = 0;       // JournalReplay::last_crc
    // Of all segments kept. A record beyond it is refused. 0: no bound.
    std::uint64_t bytes_max = 0;
  };

  // Gives back the room that segments from before had beyond their ends, and
  // begins a new one: those from before are never written again. On a full disk
  // the first Append begins it. REQUIRES: they are durable
  // (MakeJournalDurable).
  static absl::StatusOr<std::unique_ptr<Journal>> Open(Disk& disk,
                                                       Options options);

  // Copies the pieces into the group being gathered and gives the record its
  // LSN. RESOURCE_EXHAUSTED when the disk has no room for it, or bytes_max has
  // not: then no LSN is given and nothing has happened. A full group is written
  // first, and the first record of a segment waits for the sync of the one
  // before it.
  // INVALID_ARGUMENT: more than kJournalPayloadBytesMax (journal_format.h).
  absl::StatusOr<Lsn> Append(std::uint32_t kind,
                             absl::Span<const absl::Span<const char>> pieces);

  // Returns when the record of `lsn` is with the kernel (survives kill -9). One
  // caller writes the whole group; the others wait for it.
  absl::Status Write(Lsn lsn);

  // Writes what is gathered, unless somebody is writing. For who has work to do
  // before it calls Write or Sync, which then seldom have to wait. An error is
  // theirs to tell.
  void WriteIfIdle();

  // Returns when it is on the disk (survives power loss) and marked as such.
  // Callers that wait together share one fdatasync.
  absl::Status Sync(Lsn lsn);

  Lsn last() const;                      // of the last Append
  Lsn synced() const;                    // everything up to here is on the disk
  std::uint64_t bytes() const;           // of all segments kept
  std::uint64_t unsynced_bytes() const;  // written or gathered, not synced

  // Removes segments that hold only records with LSN <= `lsn`. Some of their
  // files are kept to be written over, unless somebody has linked them.
  absl::Status RemoveUpTo(Lsn lsn);
  // Gives the room of those files back.
  absl::Status DropSpares();

  // Ends the segment, if it holds a record: syncs it and begins a new one. What
  // SegmentPaths() named before is never written again.
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
