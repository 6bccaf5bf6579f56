// Restore: the shard's buckets of a checkpoint of any number of shards become
// all that the shard has. A restore that is cut short at any step leaves the
// shard restoring, without tables, until one begins again.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "rowhouse/shard_map.h"
#include "shard/limits.h"
#include "shard/part_loader.h"
#include "shard/part_source.h"
#include "shard/part_tables.h"
#include "shard/state.h"
#include "storage/checkpoint.h"

namespace rowhouse::shard {
namespace {

// Never 0, which names no incarnation.
std::uint64_t NextIncarnation(std::uint64_t old, std::uint64_t restore_id) {
  const std::uint64_t mixed = Mix64(old ^ restore_id);
  return mixed != 0 ? mixed : 1;
}

}  // namespace

// The steps of BeginRestore after its checks.
class Shard::State::Restorer {
 public:
  // `incarnation`: that of the shard's new life.
  Restorer(State& state, std::vector<PartSource> sources,
           std::uint64_t restore_id, std::uint64_t incarnation,
           const CheckpointInfo& checkpoint)
      : s_(state),
        sources_(std::move(sources)),
        restore_id_(restore_id),
        incarnation_(incarnation),
        checkpoint_(checkpoint) {}

  absl::Status Run(const std::vector<PartTable>& stored)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    ROWHOUSE_RETURN_IF_ERROR(Forget());
    ROWHOUSE_RETURN_IF_ERROR(BeginJournal());
    ROWHOUSE_ASSIGN_OR_RETURN(auto tables, Load(stored));
    storage::DataDirManifest changed = s_.manifest;
    for (const auto& table : tables) {
      const TableIncarnation incarnation = table->incarnation();
      if (table->steps().log.count() > 0) {
        s_.watermarks.steps[incarnation] =
            table->steps().log.Store(/*owner=*/0);
      }
      s_.watermarks.tables[incarnation] = lsn_;
      changed.tables.push_back({incarnation, table->spec()});
    }
    {
      // The next checkpoint's epoch is another.
      MutexLock lock(s_.push_mu);
      s_.epochs.Close(checkpoint_.snapshot_epoch);
      s_.wanted_epoch = s_.epochs.wanted();
    }
    // Watermarks before the manifest, as CreateTable does.
    ROWHOUSE_RETURN_IF_ERROR(s_.WriteWatermarks());
    changed.restore_id = restore_id_;
    changed.restored_from = checkpoint_.name;
    ROWHOUSE_RETURN_IF_ERROR(s_.SaveManifest(changed));
    WriterLock gate(s_.gate);
    for (auto& table : tables) s_.AddTable(std::move(table));
    s_.restore_id = restore_id_;
    return absl::OkStatus();
  }

 private:
  // From here on there is nothing to go back to: a new life without tables.
  absl::Status Forget() ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    storage::DataDirManifest changed = s_.manifest;
    if (!Mutated(Mutation::kRestoreKeepsSessions)) {
      changed.incarnation = incarnation_;
    }
    changed.restoring = true;
    changed.restore_id = 0;  // that of a restore which has its rows
    changed.restored_from.clear();
    changed.tables.clear();
    ROWHOUSE_RETURN_IF_ERROR(s_.SaveManifest(changed));
    {
      WriterLock gate(s_.gate);
      s_.restoring = true;
      s_.incarnation = changed.incarnation;
      s_.restore_id = 0;
      s_.RemoveAllTables();
      MutexLock lock(s_.push_mu);
      if (!Mutated(Mutation::kRestoreKeepsSessions)) s_.sessions.EndAll();
      s_.leases.Clear();
    }
    s_.unflushed.clear();
    s_.cold_sweeps.clear();  // of rows that are gone
    for (const TableIncarnation table : s_.store->Tables()) {
      ROWHOUSE_RETURN_IF_ERROR(s_.store->DropTable(table));
    }
    return absl::OkStatus();
  }

  // Above every LSN of this shard and of the sources. The watermarks say so
  // first: what the old journal holds is then never read again, and the gap in
  // LSNs between the journals is none.
  absl::Status BeginJournal() ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    const Lsn last = s_.journal->last();
    lsn_ = last;
    for (const PartSource& source : sources_) {
      lsn_ = std::max(lsn_, source.manifest().cut);
    }
    lsn_ = Lsn(lsn_.value() + 1);
    if (const absl::Status status = s_.journal->Sync(last); !status.ok()) {
      return s_.Fail(status);
    }
    s_.watermarks.tables.clear();
    s_.watermarks.steps.clear();
    if (!Mutated(Mutation::kRestoreKeepsSessions)) {
      s_.watermarks.sessions.clear();
    }
    s_.watermarks.sessions_lsn = s_.watermarks.durable = lsn_;
    ROWHOUSE_RETURN_IF_ERROR(storage::WriteWatermarks(
        s_.env.disk, s_.options.data_dir, s_.watermarks));
    WriterLock gate(s_.gate);
    ROWHOUSE_ASSIGN_OR_RETURN(
        const storage::JournalReplay replay,
        storage::ReplayJournal(
            s_.env.disk, s_.Path("journal"), lsn_, lsn_,
            [](const storage::JournalRecord&) { return absl::OkStatus(); }));
    ROWHOUSE_RETURN_IF_ERROR(s_.OpenJournal(replay, lsn_, s_.incarnation));
    return s_.journal->RemoveUpTo(lsn_);
  }

  // The tables, all of whose rows the row store has; those that there is room
  // for are in memory.
  absl::StatusOr<PartLoader::OwnedTables> Load(
      const std::vector<PartTable>& stored)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    for (const PartTable& table : stored) {
      ROWHOUSE_RETURN_IF_ERROR(s_.store->CreateTable(table.table.incarnation));
    }
    const auto may_go_on = [this] { return s_.CheckNotStopping(); };
    PartLoader loader(sources_, stored, s_.options.lanes, s_.env.executor,
                      s_.memory.bytes_max / kRestoreRangesOfMemory, may_go_on);
    PartLoader::OwnedTables tables;
    storage::RowDigests loaded;
    ROWHOUSE_RETURN_IF_ERROR(loader.Load(
        s_.buckets, [&](PartLoader::OwnedTables some) -> absl::Status {
          for (const auto& table : some) {
            ROWHOUSE_RETURN_IF_ERROR(Store(*table, loaded));
          }
          if (!s_.memory.bounded()) tables = std::move(some);
          return absl::OkStatus();
        }));
    for (const PartTable& table : stored) {
      ROWHOUSE_RETURN_IF_ERROR(CheckStored(table.table.incarnation, loaded));
    }
    if (!s_.memory.bounded()) return tables;
    // From the row store, since the shard's lanes count what they take.
    for (std::size_t i = 0; i < stored.size(); ++i) {
      tables.push_back(std::make_unique<Table>(
          stored[i].table.spec, stored[i].table.incarnation, s_.options.lanes));
      tables.back()->LoadSteps(loader.steps(i));
      ROWHOUSE_RETURN_IF_ERROR(s_.LoadRows(*tables.back()).status());
    }
    return tables;
  }

  // Writes the table's rows with the restore's stamp.
  absl::Status Store(Table& table, storage::RowDigests& loaded) {
    const TableIncarnation incarnation = table.incarnation();
    std::vector<storage::RowImage> batch;
    absl::Status status;
    for (std::uint32_t lane = 0; lane < s_.options.lanes; ++lane) {
      RowMap& rows = table.rows(lane);
      rows.ForEach([&](Id id, RowMap::Slot slot) {
        if (!status.ok()) return;
        rows.set_lsn(slot, lsn_);
        rows.MarkClean(slot);
        batch.push_back({table.BucketOf(table.Hash(id)),
                         id,
                         lsn_,
                         {rows.values(slot), table.row_floats()}});
        status = s_.CheckImage(table, batch.back());
        loaded.Add(incarnation, batch.back());
        if (batch.size() < kWriteBackRowsMax || !status.ok()) return;
        status = s_.store->Write(incarnation, batch);
        batch.clear();
      });
      table.dirty(lane).clear();
    }
    ROWHOUSE_RETURN_IF_ERROR(status);
    return s_.store->Write(incarnation, batch);
  }

  // Reads back what was written and compares, bucket by bucket.
  absl::Status CheckStored(TableIncarnation table,
                           const storage::RowDigests& loaded) {
    ROWHOUSE_RETURN_IF_ERROR(s_.store->Flush(table));
    storage::RowDigests stored;
    ROWHOUSE_RETURN_IF_ERROR(
        s_.store->Scan(table, {0, kBuckets}, [&](const storage::RowImage& row) {
          stored.Add(table, row);
          return absl::OkStatus();
        }));
    return stored.CheckEqual(loaded, table, {0, kBuckets}, s_.Path("rows"));
  }

  State& s_;
  const std::vector<PartSource> sources_;
  const std::uint64_t restore_id_;
  const std::uint64_t incarnation_;
  const CheckpointInfo& checkpoint_;
  Lsn lsn_;  // stamp of every row
};

absl::Status Shard::State::BeginRestore(const RestoreRequest& request) {
  MutexLock maintenance(maintenance_mu);
  const std::uint64_t old =
      request.incarnation != 0 ? request.incarnation : manifest.incarnation;
  // A try that was cut short has given this to the shard already.
  const std::uint64_t next = NextIncarnation(old, request.restore_id);
  {
    ReaderLock reader(gate);
    ROWHOUSE_RETURN_IF_ERROR(CheckAlive());
    if (restore_id == request.restore_id) {  // its rows are in
      if (manifest.restored_from == request.name) return absl::OkStatus();
      return absl::FailedPreconditionError(
          absl::StrCat("restore ", restore_id, " of shard ",
                       options.index.value(), " is one of checkpoint '",
                       manifest.restored_from, "', not '", request.name, "'"));
    }
    if (manifest.incarnation != old && manifest.incarnation != next &&
        !Mutated(Mutation::kOldRestoreObeyed)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "restore ", request.restore_id, " was asked for when shard ",
          options.index.value(), " had incarnation ", old, "; it has ",
          manifest.incarnation, " now"));
    }
    if (tables.size() > 0 && !request.replace) {
      return absl::FailedPreconditionError(
          absl::StrCat("shard ", options.index.value(), " has ", tables.size(),
                       " tables, and `replace` was not asked for"));
    }
  }
  // Everything that can be wrong with the checkpoint is found before anything
  // is given up for it.
  const std::string root = CheckpointRoot();
  ROWHOUSE_ASSIGN_OR_RETURN(
      const CheckpointInfo info,
      storage::ReadCheckpoint(env.disk, root, request.name));
  std::vector<PartSource> sources;
  for (std::size_t i = 0; i < info.shards.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        PartSource source,
        PartSource::Open(env.disk, env.open_row_store, root, info, i));
    sources.push_back(std::move(source));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<PartTable> stored,
                            TablesOf(sources));
  DropCut("a restore replaces what it cuts");
  Restorer restorer(*this, std::move(sources), request.restore_id, next, info);
  // clang's analysis does not know that the restorer's state is this one.
  const absl::Status status = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return restorer.Run(stored);
  }();
  LogInfo("restore_copied", {{"checkpoint", request.name},
                             {"restore_id", absl::StrCat(request.restore_id)},
                             {"status", status.ToString()}});
  return status;
}

absl::Status Shard::BeginRestore(const RestoreRequest& request) {
  ROWHOUSE_RETURN_IF_ERROR(storage::ValidateCheckpointName(request.name));
  if (request.restore_id == 0) {
    return absl::InvalidArgumentError("restore id 0");
  }
  State& s = *state_;
  {
    // A restore takes longer than a caller waits for one try. The next tries
    // must not each hold a thread of the server until the first is done.
    MutexLock lock(s.restores_mu);
    if (!s.restores_under_way.insert(request.restore_id).second) {
      return absl::UnavailableError(absl::StrCat(
          "shard ", s.options.index.value(), " is loading restore ",
          request.restore_id, ": ask again"));
    }
  }
  absl::Status status = absl::UnavailableError(
      absl::StrCat("shard ", s.options.index.value(),
                   " is at work on a checkpoint: ask again"));
  if (const OneAtATime::Turn turn = s.cut_calls.Try()) {
    status = s.BeginRestore(request);
  }
  MutexLock lock(s.restores_mu);
  s.restores_under_way.erase(request.restore_id);
  return status;
}

absl::Status Shard::FinishRestore(std::uint64_t restore_id) {
  State& s = *state_;
  MutexLock maintenance(s.maintenance_mu);
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
    if (s.restore_id != restore_id || restore_id == 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the last restore that shard ", s.options.index.value(),
          " has the rows of is ", s.restore_id, ", not ", restore_id));
    }
    if (!s.restoring) return absl::OkStatus();  // asked a second time
  }
  storage::DataDirManifest changed = s.manifest;
  changed.restoring = false;
  ROWHOUSE_RETURN_IF_ERROR(s.SaveManifest(changed));
  WriterLock gate(s.gate);
  s.restoring = false;
  return absl::OkStatus();
}

}  // namespace rowhouse::shard
