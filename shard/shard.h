// One shard: the rows of its buckets, their journal, and the rules that make a
// push exactly once. No network and no threads of its own: Disk, Clock,
// Executor and RowStore come in through Environment.
//
// Lock order: push_mu_ before lanes; a lane before nothing.
#ifndef ROWHOUSE_SHARD_SHARD_H_
#define ROWHOUSE_SHARD_SHARD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/checkpoint_listing.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/limits.h"
#include "base/requests.h"
#include "storage/disk.h"
#include "storage/limits.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

struct Options {
  std::string data_dir;
  // Where checkpoints are made and read; empty: data_dir/checkpoints. All
  // shards of a cluster must see the same place to restore onto another count.
  std::string checkpoint_dir;
  ShardIndex index;
  std::uint32_t shard_count = 1;
  std::uint64_t map_version = 1;
  // Stripes of buckets that pushes are worked in side by side, a power of two.
  // Results do not depend on it.
  std::uint32_t lanes = 4;
  // Names the data directory if it is new or restored: 64 random bits.
  std::uint64_t new_incarnation = 0;
  // Without a sign of life for so long, a session that a checkpoint waits for
  // is ended.
  absl::Duration session_lease = absl::Seconds(kSessionLeaseSeconds);
  // How often Maintain is called: the journal is synced so often for PROCESS.
  absl::Duration write_back_period = absl::Seconds(1);
  // Journal bytes after which rows are written back and old segments removed,
  // and of one segment; limits.h has the reasons. Tests make them small.
  std::uint64_t journal_unsettled_bytes_max = kJournalUnsettledBytesMax;
  std::uint64_t journal_segment_bytes = kJournalSegmentBytes;
  // Journal bytes kept, at least two segments. At it pushes are refused until
  // rows are written back, which is hurried long before.
  std::uint64_t journal_bytes_max = storage::kJournalBytesMax;
  // Disk space held back for starting and writing back on a full disk; 0: none.
  std::uint64_t disk_reserve_bytes = storage::kDiskReserveBytes;
  // Bytes of rows in memory, with their share of the index; the others are read
  // from the row store when they are needed. 0: all rows are in memory.
  std::uint64_t row_memory_bytes = 0;
  // How long a push waits while too much of that is not written back yet,
  // before it is refused with RESOURCE_EXHAUSTED.
  absl::Duration row_memory_wait = absl::Seconds(1);
  std::string version;  // of the program, for ShardInfo
};

struct Environment {
  storage::Disk& disk;
  Clock& clock;
  Executor& executor;
  // Opens the row store at a path, read-only for checkpoints.
  std::function<absl::StatusOr<std::unique_ptr<storage::RowStore>>(
      const std::string& path, bool read_only)>
      open_row_store;
};

// The environment of a machine: PosixDisk, SystemClock, RocksDB. Where only
// `row_memory_bytes` of rows are in memory (0: all of them), RocksDB's cache
// grows with them: it holds filters, indexes and blocks of the others.
Environment RealEnvironment(Executor& executor,
                            std::uint64_t row_memory_bytes = 0);

// Thread-safe. Errors are those of docs/semantics.md; whatever is refused has
// changed nothing. After a failed write or sync of the journal every call
// returns that error (decision: fail-stop), and ShardInfo.state says so.
class Shard {
 public:
  // Locks the directory, opens or makes it, replays the journal.
  // FAILED_PRECONDITION: it belongs to another index or count, is in use, or
  // has a newer format. DATA_LOSS: damaged. INVALID_ARGUMENT: options.
  static absl::StatusOr<std::unique_ptr<Shard>> Open(const Options& options,
                                                     Environment environment);
  // Writes everything back if Close was not called; errors are logged.
  ~Shard();

  // Ends a checkpoint's part at the next file and the loading of a restore's
  // rows with UNAVAILABLE; everything else goes on. For who wants to Close
  // soon.
  void Stop();
  // Waits for calls under way, syncs the journal, writes rows back, marks the
  // end. Later calls get UNAVAILABLE.
  absl::Status Close();

  // Tables. Durable when they return. CreateTable of an equal spec and
  // incarnation is OK; of the same name with another spec or incarnation,
  // ALREADY_EXISTS. The incarnation must not be 0.
  absl::Status CreateTable(const TableSpec& spec, TableIncarnation incarnation);
  // NOT_FOUND where no table of that name, or of another incarnation, is there;
  // FAILED_PRECONDITION where the shard has another incarnation.
  absl::Status DropTable(const DropTableRequest& request);
  absl::StatusOr<TableInfo> DescribeTable(absl::string_view name) const;
  std::vector<TableInfo> ListTables() const;  // by name
  ShardInfo Info() const;
  // OK when requests are served; else what they are told: FAILED_PRECONDITION
  // while a restore runs, UNAVAILABLE when closed, the error that stopped the
  // shard. Waits for no push and no checkpoint, as Info does.
  absl::Status CheckServing() const;

  // Journaled and synced before it returns.
  absl::StatusOr<OpenSessionReply> OpenSession();
  // A sign of life, and where the session's client has come. Returns the epoch
  // that it is asked to move to. FAILED_PRECONDITION: the session is unknown or
  // has ended.
  absl::StatusOr<std::uint64_t> Heartbeat(const HeartbeatRequest& request);
  // The client goes: nothing waits for the session any more, and its pushes are
  // refused. OK when it is unknown.
  absl::Status EndSession(const SessionName& session);

  // Checks the whole request and returns by input how many output rows it
  // makes. INVALID_ARGUMENT shapes, dim, id outside rows; NOT_FOUND table;
  // FAILED_PRECONDITION map_version (0 is not checked), an id of another
  // shard, restoring; RESOURCE_EXHAUSTED limits.
  absl::StatusOr<std::vector<std::size_t>> CheckLookup(
      const LookupRequest& request) const;

  // Fills outputs[i] with output_rows x dim floats. Checks as CheckLookup does.
  // A row never pushed gives its initial value; nothing is written.
  absl::Status Lookup(const LookupRequest& request,
                      absl::Span<const absl::Span<float>> outputs) const;

  // Exactly once per (session, sequence). Returns when applied and as durable
  // as asked. FAILED_PRECONDITION: map_version (0 is refused), session unknown
  // or ended, sequence so old that its answer is forgotten, an epoch that was
  // cut, restoring.
  absl::StatusOr<PushReply> Push(const PushRequest& request);

  // Sets rows, exactly once like a push.
  absl::StatusOr<PushReply> WriteRows(const WriteRowsRequest& request);

  absl::StatusOr<RowsReply> ReadRows(const ReadRowsRequest& request) const;

  // A checkpoint of a cluster is a cut of one epoch E on every shard: it holds
  // the pushes of E and before, and none after. All shards open the cut; then
  // all close it; then one commits. Pushes go on all the while. Each may be
  // asked again: what is done is OK, what is under way UNAVAILABLE.
  //
  // OpenCheckpoint copies rows as they are. FAILED_PRECONDITION: a push of a
  // later epoch may be here (at least Info().snapshot_epoch is possible), or
  // another cut is open. ALREADY_EXISTS: the checkpoint is there.
  absl::Status OpenCheckpoint(absl::string_view name, std::uint64_t epoch);
  // Asks clients to move beyond E and, when all have, writes this shard's part.
  // REQUIRES: every shard has opened. UNAVAILABLE: some client has not moved;
  // those that gave no sign of life for session_lease are ended. From the first
  // OK on, a new push of E or before is refused for good. FAILED_PRECONDITION:
  // it is not open; that cut was given up, by a restart or because nobody asked
  // for kCheckpointIdleSeconds. After any other error it is given up.
  absl::StatusOr<ShardCheckpoint> CloseCheckpoint(absl::string_view name,
                                                  std::uint64_t epoch);
  // Makes it exist, from the parts of all shards. Called on one shard.
  absl::StatusOr<CheckpointInfo> CommitCheckpoint(
      absl::string_view name, std::uint64_t epoch,
      absl::Span<const ShardCheckpoint> parts);
  // Gives this shard's cut and part up. OK when there is none. ALREADY_EXISTS:
  // it is committed.
  absl::Status AbortCheckpoint(absl::string_view name, std::uint64_t epoch);
  // With what failed attempts of that name have left. NOT_FOUND.
  // FAILED_PRECONDITION: restoring, or one of that name is being made here.
  // Called on one shard.
  absl::Status DeleteCheckpoint(absl::string_view name);
  absl::StatusOr<CheckpointListing> ListCheckpoints() const;

  // Replaces everything by the rows of checkpoint `name` that fall into this
  // shard's buckets, from any number of shards. Ends all sessions. Requests
  // are refused until FinishRestore with the same restore_id, also after a
  // restart. FAILED_PRECONDITION when the shard has tables and not `replace`.
  // Both may be called again. A restore whose rows are in is not begun anew,
  // whatever has happened since: OK, or FAILED_PRECONDITION when it was one of
  // another checkpoint. UNAVAILABLE while that restore_id is being begun.
  // FAILED_PRECONDITION when the shard is no longer of the request's
  // incarnation, unless this restore has given it the one it has.
  absl::Status BeginRestore(const RestoreRequest& request);
  absl::Status FinishRestore(std::uint64_t restore_id);

  // Background work, called by the environment's executor, or by tests: syncs
  // the journal and, when it has grown by journal_unsettled_bytes_max, does
  // what WriteBack does. A hot row is then written once for many pushes.
  absl::Status Maintain();

  // Writes dirty rows back; when the journal has grown enough also flushes them
  // and removes what is no longer needed.
  absl::Status WriteBack();

 private:
  class State;
  explicit Shard(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_SHARD_H_
