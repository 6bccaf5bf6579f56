// What the parts of Shard share (open.cc, push.cc, session_calls.cc, lookup.cc,
// admin.cc, maintenance.cc, checkpoint.cc, cut.cc, restore.cc). Nobody else
// includes it.
#ifndef ROWHOUSE_SHARD_STATE_H_
#define ROWHOUSE_SHARD_STATE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "shard/cut.h"
#include "shard/epochs.h"
#include "shard/leases.h"
#include "shard/one_at_a_time.h"
#include "shard/push_work.h"
#include "shard/record_codec.h"
#include "shard/row_memory.h"
#include "shard/row_reader.h"
#include "shard/scratch_pool.h"
#include "shard/sessions.h"
#include "shard/shard.h"
#include "shard/tables.h"
#include "storage/checkpoint.h"
#include "storage/checkpoint_part.h"
#include "storage/data_dir.h"
#include "storage/disk_reserve.h"
#include "storage/journal.h"

namespace rowhouse::shard {

// Requests since start.
struct Counters {
  std::atomic<std::uint64_t> lookups{0};
  std::atomic<std::uint64_t> lookup_rows{0};
  std::atomic<std::uint64_t> pushes{0};
  std::atomic<std::uint64_t> push_rows{0};
  std::atomic<std::uint64_t> duplicates{0};
  std::atomic<std::uint64_t> refused{0};
};

// What one push needs while it is under way; kept from push to push.
struct PushScratch {
  std::vector<ResolvedInput> inputs;
  std::vector<InputRecord> records;
  RecordEncoder encoder;
  PushWork work;
};

// Lock order: maintenance_mu, gate, push_mu, lanes.
class Shard::State {
 public:
  State(Options options, Environment environment, BucketRange buckets);

  // --- open.cc
  absl::Status Open();
  absl::Status OpenDirectory() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  absl::Status CheckNew() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  absl::Status OpenRowStore()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu, gate);
  absl::Status Close();

  // Tables come and go here, so that lanes know what may be evicted.
  void AddTable(std::unique_ptr<Table> table)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(gate);
  void RemoveTable(Table& table) ABSL_EXCLUSIVE_LOCKS_REQUIRED(gate);
  void RemoveAllTables() ABSL_EXCLUSIVE_LOCKS_REQUIRED(gate);

  // --- recovery.cc
  class Replayer;
  absl::Status Recover() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu, gate);
  struct LoadedRows {
    Lsn lsn;                  // the greatest of a row
    std::uint64_t steps = 0;  // the most that a row contains
  };
  absl::StatusOr<LoadedRows> LoadRows(Table& table);
  // DATA_LOSS unless the image can be a row of the table on this shard.
  absl::Status CheckImage(const Table& table,
                          const storage::RowImage& image) const;
  // Begins a segment behind what `replay` met, with LSNs above `newest`.
  absl::Status OpenJournal(const storage::JournalReplay& replay, Lsn newest,
                           std::uint64_t journal_incarnation)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(gate);

  // --- state.cc
  std::string Path(absl::string_view name) const;
  std::string CheckpointRoot() const;
  // OK when requests are served; else what every request is told.
  absl::Status CheckServing() const ABSL_SHARED_LOCKS_REQUIRED(gate);
  // As above, but OK while a restore runs.
  absl::Status CheckAlive() const ABSL_SHARED_LOCKS_REQUIRED(gate);
  // For what may take long; no lock is needed.
  absl::Status CheckNotStopping() const;
  // Stops the shard for good with the first error it is called with.
  absl::Status Fail(const absl::Status& error);
  absl::Status fault() const;
  // Returns when every record up to `lsn` is in the rows.
  void Drain(Lsn lsn);
  // The last record, which is then in the rows, as are all before it. `steps`
  // gets those of these tables as of that record.
  using StoredStepsByTable = std::map<TableIncarnation, storage::StoredSteps>;
  Lsn Barrier(absl::Span<Table* const> of_tables, StoredStepsByTable& steps);
  // Cuts the logs to the steps that a row in memory may still miss.
  void ForgetSteps(absl::Span<Table* const> of_tables);

  // --- push.cc
  // Done: the LSN to answer with. None: go ahead. Refusals of the window.
  absl::StatusOr<std::optional<Lsn>> Decide(const PushHeader& header)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(push_mu);
  absl::StatusOr<PushReply> Push(const PushRequest& request)
      ABSL_SHARED_LOCKS_REQUIRED(gate);
  absl::StatusOr<PushReply> WriteRows(const WriteRowsRequest& request)
      ABSL_SHARED_LOCKS_REQUIRED(gate);
  // What can be said before the push is looked at: a duplicate's answer.
  absl::StatusOr<std::optional<Lsn>> Admit(const PushHeader& header)
      ABSL_SHARED_LOCKS_REQUIRED(gate);
  // `encode` makes the record, when the steps of the work's tables are known.
  absl::StatusOr<PushReply> Commit(
      const PushHeader& header, RecordKind kind,
      absl::FunctionRef<RecordEncoder::Pieces()> encode, PushWork& work,
      Durability durability) ABSL_SHARED_LOCKS_REQUIRED(gate);
  // Finds the terms of the steps that a push makes; FAILED_PRECONDITION as
  // NextStep.
  absl::Status SetTerms(const PushHeader& header, PushWork& work) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(push_mu);
  void Apply(const PushWork& work);
  // Waits for a write-back when too many rows in memory are dirty; then
  // RESOURCE_EXHAUSTED. OK where memory is not bounded.
  absl::Status AwaitRowMemory(const PushWork& work)
      ABSL_SHARED_LOCKS_REQUIRED(gate);
  bool RowMemoryFits(std::uint64_t more) const;
  absl::StatusOr<PushReply> Answer(Lsn lsn, bool duplicate,
                                   Durability durability)
      ABSL_SHARED_LOCKS_REQUIRED(gate);
  // What the client of a push is told.
  absl::StatusOr<PushReply> Told(absl::StatusOr<PushReply> reply);
  // A record that no window decides about. Errors other than a full disk stop
  // the shard.
  absl::StatusOr<Lsn> Append(RecordKind kind, RecordEncoder::Pieces pieces)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(push_mu);

  // --- lookup.cc
  absl::StatusOr<std::vector<std::size_t>> CheckLookup(
      const LookupRequest& request) const ABSL_SHARED_LOCKS_REQUIRED(gate);

  // --- admin.cc
  // True when it is there as asked for; ALREADY_EXISTS when otherwise.
  absl::StatusOr<bool> HasTable(const TableSpec& spec,
                                TableIncarnation of_table) const
      ABSL_SHARED_LOCKS_REQUIRED(gate);

  // --- session_calls.cc
  absl::Status UnknownSession(std::uint64_t number) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(push_mu);
  absl::Status CheckIncarnation(const SessionName& session) const
      ABSL_SHARED_LOCKS_REQUIRED(gate);
  // Journals that the session ends. Errors of Append.
  absl::Status EndSession(std::uint64_t number)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(push_mu);
  Leases NewLeases() const;
  // Some client pushes in the epoch, or is asked to.
  void ReachEpoch(std::uint64_t epoch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(push_mu) {
    epochs.Reach(epoch);
    wanted_epoch = epochs.wanted();
  }

  // --- cut.cc
  storage::PartPlace PlaceOf(absl::string_view name) const;
  // Begins the cut: rows are copied while pushes go on.
  absl::Status OpenCut(absl::string_view name, std::uint64_t epoch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // FAILED_PRECONDITION when a push of a later epoch may be here.
  absl::Status CheckNotReached(std::uint64_t epoch) const;
  // Ends the cut and links its journal. Returns what it waits for; empty: done.
  absl::StatusOr<std::string> CloseCut()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  absl::Status LinkJournal() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Makes the files of a part whose rows and journal are there, and puts it
  // into its place.
  absl::StatusOr<ShardCheckpoint> MakePart(storage::ShardManifest part,
                                           absl::string_view name);
  // Gives the cut up, if there is one: nothing stays of it but what became a
  // checkpoint.
  void DropCut(absl::string_view why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Nobody has asked for it for long.
  bool CutIsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Another shard has committed its checkpoint; or its part is no longer in its
  // place, as when that checkpoint was deleted since.
  absl::StatusOr<bool> CutIsOver() const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Gives up one that is idle, or that keeps too much of the journal.
  void DropLateCut() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Tables come and go while a cut is open.
  void AddToCut(const storage::StoredTable& table, Lsn after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  void TakeFromCut(TableIncarnation table)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);

  // --- restore.cc
  class Restorer;
  absl::Status BeginRestore(const RestoreRequest& request);

  // --- maintenance.cc
  // The journal, whose bytes so far are `appended`, or a log of steps has grown
  // so that rows must be flushed.
  bool MustSettle(std::uint64_t appended) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // The journal comes near the most that it may keep.
  bool NearBudget() const;
  // Hurries what removes old segments; until that has helped, once.
  void AskForRoom();
  // What a period brings: a sync, or a write-back when the journal has grown.
  // On a full disk also what makes room.
  absl::Status Maintain() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  absl::Status SyncOrWriteBack() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // The disk is full: pushes are refused from here on, what was held back is
  // given up, and rows are written back so that the journal shrinks.
  absl::Status MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Enough rows in memory are dirty that it is time to write them.
  bool ManyDirty() const;
  // The next part of the sweep over rows that are not in memory.
  absl::Status SweepColdRows() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  absl::Status SweepColdTable(Table& table)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Brings rows of these buckets, which miss a step below `floor`, into memory.
  absl::Status CatchUpColdRows(Table& table, std::uint64_t floor,
                               BucketRange range)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Reads on in the row store's files, and logs what is damaged.
  void Scrub() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Holds room back again, if there is some: then pushes are taken.
  void HoldReserve() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Writes all dirty rows back; with `settle` also moves the watermarks and
  // removes what the journal no longer needs.
  absl::Status WriteBack(bool settle)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  // Every row up to `lsn` was written back; `steps` are as of there.
  absl::Status Settle(Lsn lsn, StoredStepsByTable steps)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  absl::Status WriteWatermarks() ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);
  absl::Status SaveManifest(const storage::DataDirManifest& changed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(maintenance_mu);

  const Options options;
  const Environment env;
  const BucketRange buckets;

  std::unique_ptr<storage::DirectoryLock> directory_lock;
  std::unique_ptr<storage::RowStore> store;
  // Replaced while the gate is closed only.
  std::unique_ptr<storage::Journal> journal;
  std::unique_ptr<Executor::Periodic> periodic;
  RowMemory memory;  // set before tables are added; outlives lanes
  Lanes lanes;
  // Tells those in AwaitRowMemory that rows were written. Nothing else is
  // locked with it.
  Mutex written_mu;
  CondVar written;

  // The turn of who opens, closes or gives up a cut, or restores. Before
  // maintenance_mu, but for tries.
  OneAtATime cut_calls;
  std::atomic<bool> stopping{false};  // what may take long ends

  // The ids of calls of BeginRestore. Nothing else is locked with it.
  Mutex restores_mu;
  absl::flat_hash_set<std::uint64_t> restores_under_way
      ABSL_GUARDED_BY(restores_mu);

  // Whoever changes files other than the journal, or what they say, one at a
  // time: tables, write-back, checkpoint, restore.
  Mutex maintenance_mu;
  storage::DataDirManifest manifest ABSL_GUARDED_BY(maintenance_mu);
  storage::Watermarks watermarks ABSL_GUARDED_BY(maintenance_mu);
  // Of a table whose rows move without a gradient: how far the sweep over rows
  // that are not in memory has come.
  struct ColdSweep {
    bool under_way = false;
    std::uint64_t floor = 0;  // what those rows miss nothing below, then
    std::uint32_t next_bucket = 0;
  };
  absl::flat_hash_map<TableIncarnation, ColdSweep> cold_sweeps
      ABSL_GUARDED_BY(maintenance_mu);
  // When the last call of Maintain that was not hurried began.
  absl::Time last_period ABSL_GUARDED_BY(maintenance_mu) = absl::InfinitePast();
  storage::DiskReserve reserve ABSL_GUARDED_BY(maintenance_mu);
  // Tables with rows in the row store that may not be flushed.
  absl::flat_hash_set<TableIncarnation> unflushed
      ABSL_GUARDED_BY(maintenance_mu);

  std::optional<Cut> cut ABSL_GUARDED_BY(maintenance_mu);

  // Shared by every request while it runs; exclusive to change what it sees.
  mutable SharedMutex gate ABSL_ACQUIRED_AFTER(maintenance_mu);
  bool closed ABSL_GUARDED_BY(gate) = false;
  bool restoring ABSL_GUARDED_BY(gate) = false;
  std::uint64_t incarnation ABSL_GUARDED_BY(gate) = 0;
  std::uint64_t restore_id ABSL_GUARDED_BY(gate) = 0;
  Tables tables ABSL_GUARDED_BY(gate);

  // The order of pushes: window, journal and lanes are told in one go.
  Mutex push_mu ABSL_ACQUIRED_AFTER(gate);
  Sessions sessions ABSL_GUARDED_BY(push_mu);
  Leases leases ABSL_GUARDED_BY(push_mu);
  Epochs epochs ABSL_GUARDED_BY(push_mu);
  RecordEncoder session_encoder ABSL_GUARDED_BY(push_mu);

  std::atomic<std::uint64_t> appended_bytes{0};  // to the journal, since start
  std::atomic<std::uint64_t> synced_bytes{0};    // of them, by the background
  // Of them, when the watermarks last moved.
  std::atomic<std::uint64_t> settled_bytes{0};
  std::atomic<bool> wants_room{false};  // a push was refused, or soon will be
  std::atomic<bool> wants_write_back{false};   // as wants_room, for row memory
  std::atomic<bool> disk_full{false};          // and the reserve is given up
  std::atomic<std::uint64_t> wanted_epoch{0};  // epochs.wanted(), for replies
  // Steps of stepped tables since logs were last cut.
  std::atomic<std::uint64_t> unsettled_steps{0};

  ScratchPool<PushScratch> push_scratch;
  mutable ScratchPool<RowReader> readers;
  mutable Counters counters;

 private:
  mutable Mutex fault_mu_;
  absl::Status fault_ ABSL_GUARDED_BY(fault_mu_);
  std::atomic<bool> failed_{false};
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_STATE_H_
