// A cut of one shard: rows as they are at its opening, the journal from there
// to its closing, and the files of both (docs/adr/0014).
#include "shard/cut.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "shard/state.h"
#include "storage/checkpoint.h"
#include "storage/checkpoint_part.h"

namespace rowhouse::shard {
namespace {

absl::StatusOr<storage::RowDigests> Digest(storage::RowStore& rows,
                                           storage::ShardManifest& part,
                                           storage::MayGoOn may_go_on) {
  storage::RowDigests digests;
  for (storage::CheckpointTable& table : part.tables) {
    if (table.fresh) continue;
    const TableIncarnation incarnation = table.table.incarnation;
    ROWHOUSE_RETURN_IF_ERROR(rows.Scan(incarnation, {0, kBuckets},
                                       [&](const storage::RowImage& row) {
                                         digests.Add(incarnation, row);
                                         return may_go_on();
                                       }));
    table.rows = digests.rows(incarnation);
  }
  return digests;
}

std::string BaseName(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

storage::PartPlace Shard::State::PlaceOf(absl::string_view name) const {
  return {.root = CheckpointRoot(),
          .name = std::string(name),
          .index = options.index,
          .shard_count = options.shard_count};
}

absl::Status Shard::State::CheckNotReached(std::uint64_t epoch) const {
  const std::uint64_t reached = wanted_epoch;
  if (reached <= epoch) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "a cut of epoch ", epoch, " comes too late for shard ",
      options.index.value(), ", whose clients have reached epoch ", reached));
}

absl::Status Shard::State::OpenCut(absl::string_view name,
                                   std::uint64_t epoch) {
  ROWHOUSE_RETURN_IF_ERROR(CheckNotReached(epoch));
  {
    MutexLock lock(push_mu);
    ROWHOUSE_RETURN_IF_ERROR(epochs.CheckReachable(epoch + 1));
  }
  ROWHOUSE_RETURN_IF_ERROR(env.disk.RemoveAll(Path("cut")));
  ROWHOUSE_RETURN_IF_ERROR(env.disk.MakeDirectory(Path("cut/journal")));
  // All that is written now need not be replayed when it is restored. Nobody
  // pushes in a later epoch yet, so whatever gets into the copy belongs to it.
  ROWHOUSE_RETURN_IF_ERROR(WriteBack(/*settle=*/true));
  Cut opened;
  opened.name = std::string(name);
  opened.epoch = epoch;
  opened.rows = watermarks.sessions_lsn;
  storage::ShardManifest& part = opened.part;
  part.index = options.index;
  part.shard_count = options.shard_count;
  part.snapshot_epoch = epoch;
  part.sessions_lsn = watermarks.sessions_lsn;
  part.last_session_number = watermarks.last_session_number;
  part.sessions = watermarks.sessions;
  part.software = absl::StrCat("rowhouse ", options.version);
  {
    ReaderLock reader(gate);
    part.data_incarnation = incarnation;
    for (const Table* table : tables.All()) {
      storage::CheckpointTable saved;
      saved.table = {table->incarnation(), table->spec()};
      saved.after = watermarks.tables.at(table->incarnation());
      const auto steps = watermarks.steps.find(table->incarnation());
      if (steps != watermarks.steps.end()) {
        saved.steps = steps->second;
        saved.steps->owner = 0;
      }
      opened.rows = std::min(opened.rows, saved.after);
      part.tables.push_back(std::move(saved));
    }
  }
  ROWHOUSE_RETURN_IF_ERROR(store->CopyTo(Path("cut/rows")));
  ROWHOUSE_RETURN_IF_ERROR(CheckNotReached(epoch));
  opened.asked = env.clock.Now();
  cut = std::move(opened);
  LogInfo("cut_opened", {{"checkpoint", cut->name},
                         {"epoch", absl::StrCat(epoch)},
                         {"rows_lsn", absl::StrCat(cut->rows.value())}});
  return absl::OkStatus();
}

absl::StatusOr<std::string> Shard::State::CloseCut() {
  ReaderLock reader(gate);
  ROWHOUSE_RETURN_IF_ERROR(CheckServing());  // Close may have come between
  const absl::Time now = env.clock.Now();
  {
    MutexLock lock(push_mu);
    ReachEpoch(cut->epoch + 1);
    leases.Tell(now);
    std::vector<std::uint64_t> waiting;
    for (const std::uint64_t session : sessions.In(cut->epoch)) {
      if (!leases.Silent(session, now)) {
        waiting.push_back(session);
        continue;
      }
      // Journaled before the cut ends: what it may send yet is refused.
      ROWHOUSE_RETURN_IF_ERROR(EndSession(session));
      LogWarning("session_ended", {{"session", absl::StrCat(session)},
                                   {"reason", "no sign of life"},
                                   {"checkpoint", cut->name}});
    }
    if (!waiting.empty()) {
      return absl::StrCat("shard ", options.index.value(), " waits for ",
                          waiting.size(), " of ", sessions.size(),
                          " sessions to end their step and move beyond epoch ",
                          cut->epoch, ", session ", waiting.front(),
                          " the first");
    }
    ROWHOUSE_ASSIGN_OR_RETURN(
        cut->part.cut,
        Append(RecordKind::kCloseCut, session_encoder.CloseCut(cut->epoch)));
    epochs.Close(cut->epoch);
    ReachEpoch(epochs.wanted());
  }
  if (const absl::Status status = journal->Sync(cut->part.cut); !status.ok()) {
    return Fail(status);
  }
  // No file that is linked is written again.
  if (const absl::Status status = journal->Roll(); !status.ok()) {
    return absl::IsResourceExhausted(status) ? status : Fail(status);
  }
  ROWHOUSE_RETURN_IF_ERROR(LinkJournal());
  cut->linked = true;
  return std::string();
}

absl::Status Shard::State::LinkJournal() {
  std::vector<std::string> segments = journal->SegmentPaths();
  segments.pop_back();  // begun by the roll
  for (const std::string& segment : segments) {
    const std::string to =
        absl::StrCat(Path("cut/journal/"), BaseName(segment));
    absl::Status status = env.disk.Link(segment, to);
    if (absl::IsUnimplemented(status)) {
      status = storage::CopyFile(env.disk, segment, to);
    }
    ROWHOUSE_RETURN_IF_ERROR(status);
  }
  return env.disk.SyncDirectory(Path("cut/journal"));
}

absl::StatusOr<ShardCheckpoint> Shard::State::MakePart(
    storage::ShardManifest part, absl::string_view name) {
  const std::string path = Path("cut");
  const auto may_go_on = [this] { return CheckNotStopping(); };
  {
    ROWHOUSE_ASSIGN_OR_RETURN(
        const std::unique_ptr<storage::RowStore> rows,
        env.open_row_store(absl::StrCat(path, "/rows"), /*read_only=*/true));
    ROWHOUSE_ASSIGN_OR_RETURN(const storage::RowDigests digests,
                              Digest(*rows, part, may_go_on));
    ROWHOUSE_RETURN_IF_ERROR(storage::WriteDigests(env.disk, path, digests));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const ShardCheckpoint made,
      storage::FinishPart(env.disk, path, std::move(part), may_go_on));
  ROWHOUSE_RETURN_IF_ERROR(
      storage::PublishPart(env.disk, path, PlaceOf(name), may_go_on));
  return made;
}

void Shard::State::DropCut(absl::string_view why) {
  if (!cut.has_value()) return;
  absl::Status removed = env.disk.RemoveAll(Path("cut"));
  bool committed = false;
  if (cut->made.has_value()) {
    const absl::Status part = storage::RemovePart(env.disk, PlaceOf(cut->name));
    committed = absl::IsAlreadyExists(part);
    if (!committed) removed.Update(part);
  }
  if (!committed) {
    LogWarning("cut_dropped", {{"checkpoint", cut->name},
                               {"epoch", absl::StrCat(cut->epoch)},
                               {"reason", std::string(why)},
                               {"removed", removed.ToString()}});
  }
  cut.reset();
}

bool Shard::State::CutIsIdle() const {
  return cut.has_value() &&
         env.clock.Now() - cut->asked >= absl::Seconds(kCheckpointIdleSeconds);
}

absl::StatusOr<bool> Shard::State::CutIsOver() const {
  if (!cut.has_value()) return false;
  const absl::Status free =
      storage::CheckFree(env.disk, CheckpointRoot(), cut->name);
  if (absl::IsAlreadyExists(free)) return true;
  if (!cut->made.has_value()) return false;
  ROWHOUSE_ASSIGN_OR_RETURN(const bool part_is_there,
                            env.disk.Exists(PlaceOf(cut->name).Path()));
  return !part_is_there;
}

void Shard::State::DropLateCut() {
  const bool idle = CutIsIdle();
  // Training goes before: at the budget pushes would be refused.
  const bool large = cut.has_value() && !cut->linked && NearBudget();
  if (!idle && !large) return;
  const OneAtATime::Turn turn = cut_calls.Try();
  if (!turn) return;
  DropCut(idle ? "nobody asks for it" : "it keeps too much of the journal");
}

void Shard::State::AddToCut(const storage::StoredTable& table, Lsn after) {
  if (!cut.has_value() || cut->linked) return;
  storage::CheckpointTable added;
  added.table = table;
  added.after = after;
  added.fresh = true;
  cut->part.tables.push_back(std::move(added));
}

void Shard::State::TakeFromCut(TableIncarnation table) {
  if (!cut.has_value() || cut->linked) return;
  std::erase_if(cut->part.tables, [&](const storage::CheckpointTable& saved) {
    return saved.table.incarnation == table;
  });
}

}  // namespace rowhouse::shard
