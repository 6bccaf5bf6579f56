// From what lies in the data directory to the state before the crash: rows of
// the row store, sessions of the watermarks, and what the journal adds to both.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "shard/row_replay.h"
#include "shard/state.h"
#include "shard/write_back.h"

namespace rowhouse::shard {
namespace {

absl::Status WithLsn(const absl::Status& status, Lsn lsn) {
  if (status.ok()) return status;
  return absl::DataLossError(absl::StrCat("journal record of LSN ", lsn.value(),
                                          ": ", status.message()));
}

void LogRecovery(const storage::JournalReplay& replay, Lsn newest) {
  if (!replay.damaged_mark.empty()) {
    LogWarning("synced_mark_ignored", {{"why", replay.damaged_mark}});
  }
  LogInfo("recovered", {{"records", absl::StrCat(replay.records)},
                        {"bytes", absl::StrCat(replay.bytes)},
                        {"cut_bytes", absl::StrCat(replay.cut_bytes)},
                        {"last_lsn", absl::StrCat(newest.value())}});
}

}  // namespace

// Repeats records. A function of the journal, the row store and the watermarks:
// it uses the code that applied them the first time.
class Shard::State::Replayer {
 public:
  explicit Replayer(State& state)
      : s_(state),
        rows_(
            state.buckets, state.lanes,
            [this](TableIncarnation table, Lsn lsn)
                ABSL_NO_THREAD_SAFETY_ANALYSIS {
                  return TableToRepeat(table, lsn);
                },
            [&state](const PushWork& work) { state.Apply(work); },
            RowReplay::Foreign::kRefuse) {}

  absl::Status Visit(const storage::JournalRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu, s_.gate, s_.push_mu) {
    ROWHOUSE_RETURN_IF_ERROR(Repeat(record));
    ROWHOUSE_RETURN_IF_ERROR(s_.fault());
    return s_.ManyDirty() ? WriteBack() : absl::OkStatus();
  }

 private:
  absl::Status Repeat(const storage::JournalRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu, s_.gate, s_.push_mu) {
    switch (static_cast<RecordKind>(record.kind)) {
      case RecordKind::kOpenSession:
      case RecordKind::kEndSession:
        return RepeatSession(record);
      case RecordKind::kPush:
        ROWHOUSE_RETURN_IF_ERROR(decoder_.Push(record.payload));
        RepeatWindow(record.lsn);
        ROWHOUSE_RETURN_IF_ERROR(rows_.Push(decoder_, record.lsn));
        s_.unsettled_steps += rows_.steps();
        return absl::OkStatus();
      case RecordKind::kWriteRows:
        ROWHOUSE_RETURN_IF_ERROR(decoder_.WriteRows(record.payload));
        RepeatWindow(record.lsn);
        return rows_.WriteRows(decoder_, record.lsn);
      case RecordKind::kCloseCut: {
        ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t epoch,
                                  decoder_.CloseCut(record.payload));
        s_.epochs.Close(epoch);
        return absl::OkStatus();
      }
    }
    return absl::FailedPreconditionError(
        absl::StrCat("kind ", record.kind, " is of a newer version"));
  }

  // Rows that the journal has touched may be more than memory is to hold.
  absl::Status WriteBack()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu, s_.gate) {
    for (Table* table : s_.tables.All()) {
      s_.unflushed.insert(table->incarnation());
      ROWHOUSE_RETURN_IF_ERROR(
          WriteTableRows(
              *table, s_.lanes, [](Lsn) { return absl::OkStatus(); }, *s_.store)
              .status());
    }
    return absl::OkStatus();
  }

  bool InSessions(Lsn lsn) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    return lsn <= s_.watermarks.sessions_lsn;
  }

  absl::Status RepeatSession(const storage::JournalRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu, s_.push_mu) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t number,
                              decoder_.Session(record.payload));
    if (InSessions(record.lsn)) return absl::OkStatus();
    if (static_cast<RecordKind>(record.kind) == RecordKind::kOpenSession) {
      s_.sessions.Open(number, record.lsn, s_.epochs.wanted());
    } else {
      s_.sessions.End(number);
    }
    return absl::OkStatus();
  }

  void RepeatWindow(Lsn lsn)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu, s_.push_mu) {
    const RecordHeader& header = decoder_.header();
    s_.epochs.Reach(header.snapshot_epoch);
    if (InSessions(lsn) || Mutated(Mutation::kDedupOutsideJournal)) return;
    if (PushWindow* window = s_.sessions.Find(header.session)) {
      window->Apply(header.sequence, header.lowest, lsn, header.snapshot_epoch);
    }
  }

  // Null: dropped since, or its rows are flushed up to here and further.
  Table* TableToRepeat(TableIncarnation incarnation, Lsn lsn)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu, s_.gate) {
    const auto watermark = s_.watermarks.tables.find(incarnation);
    if (watermark != s_.watermarks.tables.end() && lsn <= watermark->second) {
      return nullptr;
    }
    return s_.tables.Find(incarnation);
  }

  State& s_;
  RecordDecoder decoder_;
  RowReplay rows_;
};

absl::StatusOr<Shard::State::LoadedRows> Shard::State::LoadRows(Table& table) {
  LoadedRows loaded;
  ROWHOUSE_RETURN_IF_ERROR(store->Scan(
      table.incarnation(), {0, kBuckets},
      [&](const storage::RowImage& image) -> absl::Status {
        ROWHOUSE_RETURN_IF_ERROR(CheckImage(table, image));
        loaded.lsn = std::max(loaded.lsn, image.lsn);
        if (table.stepped()) {
          loaded.steps =
              std::max(loaded.steps, table.Done(image.values.data()));
        }
        lanes[table.LaneOf(image.bucket)]->Load(table, image);
        return absl::OkStatus();
      }));
  return loaded;
}

absl::Status Shard::State::CheckImage(const Table& table,
                                      const storage::RowImage& image) const {
  if (image.values.size() != table.row_floats() ||
      image.bucket != table.BucketOf(table.Hash(image.id)) ||
      !buckets.Contains(image.bucket)) {
    return absl::DataLossError(absl::StrCat(
        "table '", table.spec().name, "': stored row of id ", image.id,
        " in bucket ", image.bucket.value(), " with ", image.values.size(),
        " floats, expected bucket ",
        table.BucketOf(table.Hash(image.id)).value(), " in [", buckets.begin,
        ", ", buckets.end, ") and ", table.row_floats(), " floats"));
  }
  if (table.stepped() &&
      table.Done(image.values.data()) < table.steps().log.first()) {
    return absl::DataLossError(
        absl::StrCat("table '", table.spec().name, "': stored row of id ",
                     image.id, " contains ", table.Done(image.values.data()),
                     " steps, but the steps before ", table.steps().log.first(),
                     " are forgotten"));
  }
  return absl::OkStatus();
}

absl::Status Shard::State::Recover() {
  Lsn newest_row;
  absl::flat_hash_map<const Table*, std::uint64_t> steps_in_rows;
  for (Table* table : tables.All()) {
    const auto steps = watermarks.steps.find(table->incarnation());
    if (steps != watermarks.steps.end()) table->LoadSteps(steps->second);
    ROWHOUSE_ASSIGN_OR_RETURN(const LoadedRows loaded, LoadRows(*table));
    newest_row = std::max(newest_row, loaded.lsn);
    steps_in_rows[table] = loaded.steps;
  }
  Lsn after = watermarks.sessions_lsn;
  Lsn newest = std::max(watermarks.sessions_lsn, watermarks.durable);
  for (const Table* table : tables.All()) {
    // A table is never without a watermark: CreateTable writes it first.
    const auto it = watermarks.tables.find(table->incarnation());
    after = std::min(after, it == watermarks.tables.end() ? Lsn() : it->second);
    if (it != watermarks.tables.end()) newest = std::max(newest, it->second);
  }
  // clang's analysis does not see in a lambda what its caller holds.
  const auto gone = [this](const auto& entry) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return tables.Find(entry.first) == nullptr;
  };
  std::erase_if(watermarks.tables, gone);
  std::erase_if(watermarks.steps, gone);
  // Pushes that are found there are answered as done, and their rows written.
  ROWHOUSE_RETURN_IF_ERROR(
      storage::MakeJournalDurable(env.disk, Path("journal")));
  absl::StatusOr<storage::JournalReplay> replay;
  {
    MutexLock lock(push_mu);
    ROWHOUSE_RETURN_IF_ERROR(sessions.Load(watermarks));
    epochs = Epochs(watermarks.snapshot_epoch, watermarks.epoch_floor);
    Replayer replayer(*this);
    replay = storage::ReplayJournal(
        env.disk, Path("journal"), after, watermarks.durable,
        [&](const storage::JournalRecord& record)
            ABSL_NO_THREAD_SAFETY_ANALYSIS {
              return WithLsn(replayer.Visit(record), record.lsn);
            });
    wanted_epoch = epochs.wanted();
  }
  if (!replay.ok()) return replay.status();
  newest = std::max(newest, replay->last);
  if (newest_row > newest) {
    return absl::DataLossError(
        absl::StrCat("a stored row has LSN ", newest_row.value(),
                     ", the journal ends at ", newest.value()));
  }
  for (const auto& [table, steps] : steps_in_rows) {
    if (steps <= table->steps().log.count()) continue;
    return absl::DataLossError(absl::StrCat(
        "table '", table->spec().name, "': a stored row contains ", steps,
        " steps, the journal ends with ", table->steps().log.count()));
  }
  // A restore that was cut short leaves the journal of the life before it; the
  // next one begins a new journal.
  const std::uint64_t of_journal =
      replay->incarnation == 0 ? incarnation : replay->incarnation;
  if (of_journal != incarnation && !restoring) {
    return absl::DataLossError(
        absl::StrCat(Path("journal"), " is of incarnation ", of_journal,
                     ", the data directory of ", incarnation));
  }
  LogRecovery(*replay, newest);
  // Counts as appended, so that a shard that is killed again and again still
  // writes its rows back in time.
  appended_bytes = replay->bytes;
  synced_bytes = replay->bytes;
  return OpenJournal(*replay, newest, of_journal);
}

absl::Status Shard::State::OpenJournal(const storage::JournalReplay& replay,
                                       Lsn newest,
                                       std::uint64_t journal_incarnation) {
  const bool same_chain = replay.incarnation == journal_incarnation;
  ROWHOUSE_ASSIGN_OR_RETURN(
      journal, storage::Journal::Open(
                   env.disk, {.directory = Path("journal"),
                              .segment_bytes = options.journal_segment_bytes,
                              .incarnation = journal_incarnation,
                              .next = Lsn(newest.value() + 1),
                              .next_segment = replay.last_segment + 1,
                              .last_crc = same_chain ? replay.last_crc : 0,
                              .bytes_max = options.journal_bytes_max}));
  return absl::OkStatus();
}

}  // namespace rowhouse::shard
