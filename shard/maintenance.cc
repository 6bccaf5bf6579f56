// Background work: rows to the row store, watermarks forward, old journal
// segments away.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "shard/state.h"
#include "shard/write_back.h"

namespace rowhouse::shard {

bool Shard::State::MustSettle(std::uint64_t appended) const {
  const std::uint64_t unsettled = appended - settled_bytes;
  return unsettled >= options.journal_unsettled_bytes_max ||
         unsettled_steps >= kStepsUnsettledMax || wants_room;
}

bool Shard::State::NearBudget() const {
  return journal->bytes() >= options.journal_bytes_max / 4 * 3;
}

void Shard::State::AskForRoom() {
  if (!wants_room.exchange(true) && periodic != nullptr) periodic->Hurry();
}

absl::Status Shard::State::Maintain() {
  const absl::Time now = env.clock.Now();
  {
    MutexLock lock(push_mu);
    leases.Tell(now);
  }
  // A hurried call is not one of a period.
  const bool period =
      absl::AbsDuration(now - last_period) >= options.write_back_period;
  if (period) last_period = now;
  absl::Status status = SyncOrWriteBack();
  if (absl::IsResourceExhausted(status)) status = MakeRoom();
  if (status.ok()) HoldReserve();
  if (!period) return status;
  // Also when watermarks cannot be written, which may have grown too large for
  // want of this.
  if (memory.bounded() && !absl::IsResourceExhausted(status)) {
    absl::Status swept = SweepColdRows();
    if (absl::IsResourceExhausted(swept)) swept = MakeRoom();
    status.Update(swept);
  }
  Scrub();
  return status;
}

void Shard::State::Scrub() {
  const absl::StatusOr<std::uint64_t> read =
      store->Scrub(storage::kScrubBytesPerPeriod);
  if (read.ok()) return;
  const std::string shard = absl::StrCat(options.index.value());
  const std::string error = read.status().ToString();
  if (absl::IsDataLoss(read.status())) {
    // Rows in memory are right, and one that lies there is refused when it is
    // read. Somebody has to know.
    LogError("row_store_damaged", {{"shard", shard}, {"error", error}});
  } else {
    LogWarning("scrub_failed", {{"shard", shard}, {"error", error}});
  }
}

absl::Status Shard::State::MakeRoom() {
  if (!disk_full.exchange(true)) {
    LogWarning("disk_full", {{"shard", absl::StrCat(options.index.value())}});
  }
  ROWHOUSE_RETURN_IF_ERROR(reserve.Release());
  ROWHOUSE_RETURN_IF_ERROR(journal->DropSpares());
  return WriteBack(/*settle=*/true);
}

void Shard::State::HoldReserve() {
  const absl::Status status = reserve.Hold();
  if (disk_full.exchange(!status.ok()) == !status.ok()) return;
  const std::string shard = absl::StrCat(options.index.value());
  if (status.ok()) {
    LogInfo("disk_full_ends", {{"shard", shard}});
  } else {
    LogWarning("disk_full", {{"shard", shard}, {"error", status.ToString()}});
  }
}

absl::Status Shard::State::SyncOrWriteBack() {
  const std::uint64_t appended = appended_bytes;
  // A large push waits for room though little is dirty.
  if (MustSettle(appended) || ManyDirty() || wants_write_back) {
    return WriteBack(/*settle=*/false);
  }
  if (const absl::Status status = journal->Sync(journal->last());
      !status.ok()) {
    return Fail(status);
  }
  synced_bytes = appended;
  return absl::OkStatus();
}

absl::Status Shard::State::WriteBack(bool settle) {
  // What was appended by now is synced below; what comes later counts anew.
  const std::uint64_t appended = appended_bytes;
  const std::uint64_t counted_steps = unsettled_steps;
  settle = settle || MustSettle(appended);
  std::vector<Table*> all;
  {
    // Tables go away under maintenance_mu only.
    ReaderLock lock(gate);
    all = tables.All();
  }
  if (settle && (NearBudget() || (wants_room && !disk_full))) {
    // What is appended by now is not to hold the open segment: it may be what
    // leaves no room for a large record. (On a full disk rows need the room.)
    const absl::Status status = journal->Roll();
    if (!status.ok() && !absl::IsResourceExhausted(status)) {
      return Fail(status);
    }
  }
  // Rows are written below, so images on disk miss nothing older either.
  if (settle) ForgetSteps(all);
  // Every row that a record up to here touches is written or dirty.
  StoredStepsByTable steps;
  const Lsn lsn = Barrier(settle ? all : absl::Span<Table* const>(), steps);
  const Lsn first = Mutated(Mutation::kWriteBackAboveSync) ? Lsn() : lsn;
  if (const absl::Status status = journal->Sync(first); !status.ok()) {
    return Fail(status);
  }
  synced_bytes = appended;
  // A row that could not be read lacks what is in the journal up to here.
  ROWHOUSE_RETURN_IF_ERROR(fault());
  for (Table* table : all) {
    const absl::StatusOr<std::size_t> written =
        WriteTableBack(*table, lanes, *journal, *store);
    if (!written.ok() || *written > 0) unflushed.insert(table->incarnation());
    if (!written.ok()) {
      // The journal's own error is what stops the shard.
      if (const absl::Status status = journal->Sync(lsn); !status.ok()) {
        return Fail(status);
      }
      return written.status();
    }
  }
  {
    MutexLock lock(written_mu);
    wants_write_back = false;
    written.NotifyAll();
  }
  if (!settle) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(Settle(lsn, std::move(steps)));
  settled_bytes = appended;
  unsettled_steps -= counted_steps;
  // Where it did not help, a period is soon enough to try again.
  wants_room = NearBudget();
  return absl::OkStatus();
}

absl::Status Shard::State::Settle(Lsn lsn, StoredStepsByTable steps) {
  const std::set<TableIncarnation> dirty(unflushed.begin(), unflushed.end());
  for (const TableIncarnation table : dirty) {
    if (Mutated(Mutation::kWatermarkBeforeFlush)) break;
    ROWHOUSE_RETURN_IF_ERROR(store->Flush(table));
    unflushed.erase(table);
  }
  for (auto& [table, watermark] : watermarks.tables) {
    watermark = std::max(watermark, lsn);
  }
  if (!Mutated(Mutation::kStepsNotSaved)) watermarks.steps = std::move(steps);
  ROWHOUSE_RETURN_IF_ERROR(WriteWatermarks());
  Lsn needed = Mutated(Mutation::kRecycleByWatermark) ? journal->last()
                                                      : watermarks.sessions_lsn;
  for (const auto& [table, watermark] : watermarks.tables) {
    needed = std::min(needed, watermark);
  }
  if (cut.has_value() && !cut->linked) needed = std::min(needed, cut->rows);
  return journal->RemoveUpTo(needed);
}

absl::Status Shard::State::WriteWatermarks() {
  Sessions snapshot;
  {
    MutexLock lock(push_mu);
    snapshot = sessions;
    watermarks.snapshot_epoch = epochs.wanted();
    watermarks.epoch_floor = epochs.floor();
    if (!Mutated(Mutation::kRecycleByWatermark)) {
      watermarks.sessions_lsn = journal->last();
    }
  }
  // What the file calls done must not be lost with the journal's tail.
  const Lsn sync =
      Mutated(Mutation::kMetadataBeforeSync) ? Lsn() : watermarks.sessions_lsn;
  if (const absl::Status status = journal->Sync(sync); !status.ok()) {
    return Fail(status);
  }
  watermarks.durable = watermarks.sessions_lsn;
  if (!Mutated(Mutation::kRecycleByWatermark) &&
      !Mutated(Mutation::kDedupSnapshotStale)) {
    snapshot.Store(watermarks);
  }
  return storage::WriteWatermarks(env.disk, options.data_dir, watermarks);
}

absl::Status Shard::State::SaveManifest(
    const storage::DataDirManifest& changed) {
  const absl::Status status =
      storage::WriteManifest(env.disk, options.data_dir, changed);
  if (status.ok()) {
    manifest = changed;
    return status;
  }
  // A full disk leaves the old manifest. After any other error nobody knows
  // which one a restart will find.
  return absl::IsResourceExhausted(status) ? status : Fail(status);
}

absl::Status Shard::Maintain() {
  State& s = *state_;
  MutexLock maintenance(s.maintenance_mu);
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
    if (s.restoring) return absl::OkStatus();
  }
  s.DropLateCut();
  return s.Maintain();
}

absl::Status Shard::WriteBack() {
  State& s = *state_;
  MutexLock maintenance(s.maintenance_mu);
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
    if (s.restoring) return absl::OkStatus();
  }
  return s.WriteBack(/*settle=*/false);
}

}  // namespace rowhouse::shard
