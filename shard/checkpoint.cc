// The stages of a checkpoint, as whoever makes it asks a shard for them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "shard/state.h"
#include "storage/checkpoint.h"

namespace rowhouse::shard {
namespace {

absl::Status CheckArguments(absl::string_view name, std::uint64_t epoch) {
  ROWHOUSE_RETURN_IF_ERROR(storage::ValidateCheckpointName(name));
  // The one after it is an epoch too.
  if (epoch < kSnapshotEpochMax - 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "snapshot_epoch ", epoch, ", expected below ", kSnapshotEpochMax - 1));
}

absl::Status Busy(ShardIndex shard) {
  return absl::UnavailableError(
      absl::StrCat("shard ", shard.value(),
                   " is at work on a checkpoint or a restore: ask again"));
}

absl::Status BeingMade(const Cut& cut) {
  return absl::FailedPreconditionError(
      absl::StrCat("checkpoint '", cut.name, "' of epoch ", cut.epoch,
                   " is being made; it is given up ", kCheckpointIdleSeconds,
                   " seconds after its maker was heard of last"));
}

bool IsOf(const std::optional<Cut>& cut, absl::string_view name,
          std::uint64_t epoch) {
  return cut.has_value() && cut->name == name && cut->epoch == epoch;
}

}  // namespace

absl::Status Shard::OpenCheckpoint(absl::string_view name,
                                   std::uint64_t epoch) {
  ROWHOUSE_RETURN_IF_ERROR(CheckArguments(name, epoch));
  State& s = *state_;
  const OneAtATime::Turn turn = s.cut_calls.Try();
  if (!turn) return Busy(s.options.index);
  MutexLock maintenance(s.maintenance_mu);
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  }
  if (IsOf(s.cut, name, epoch)) {
    s.cut->asked = s.env.clock.Now();
    return absl::OkStatus();
  }
  ROWHOUSE_RETURN_IF_ERROR(
      storage::CheckFree(s.env.disk, s.CheckpointRoot(), name));
  if (s.cut.has_value()) {
    ROWHOUSE_ASSIGN_OR_RETURN(const bool over, s.CutIsOver());
    if (!over && !s.CutIsIdle()) return BeingMade(*s.cut);
    s.DropCut("another takes its place");
  }
  const absl::Status status = s.OpenCut(name, epoch);
  if (!status.ok()) s.env.disk.RemoveAll(s.Path("cut")).IgnoreError();
  return status;
}

absl::StatusOr<ShardCheckpoint> Shard::CloseCheckpoint(absl::string_view name,
                                                       std::uint64_t epoch) {
  ROWHOUSE_RETURN_IF_ERROR(CheckArguments(name, epoch));
  State& s = *state_;
  const OneAtATime::Turn turn = s.cut_calls.Try();
  if (!turn) return Busy(s.options.index);
  storage::ShardManifest part;
  {
    MutexLock maintenance(s.maintenance_mu);
    {
      ReaderLock gate(s.gate);
      ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
    }
    if (!IsOf(s.cut, name, epoch)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "shard ", s.options.index.value(), " has no open cut of epoch ",
          epoch, " for checkpoint '", name,
          "': it was never opened, or given up; make another checkpoint"));
    }
    s.cut->asked = s.env.clock.Now();
    if (s.cut->made.has_value()) return *s.cut->made;
    const absl::StatusOr<std::string> waits = s.CloseCut();
    if (!waits.ok()) {
      s.DropCut(waits.status().message());
      return waits.status();
    }
    if (!waits->empty()) return absl::UnavailableError(*waits);
    part = s.cut->part;
  }
  // The long part: neither pushes nor write-back wait for it.
  absl::StatusOr<ShardCheckpoint> made = s.MakePart(std::move(part), name);
  MutexLock maintenance(s.maintenance_mu);
  // A commit needs no turn: one that somebody sends before this answer, who has
  // read the part, has ended the cut.
  if (!IsOf(s.cut, name, epoch)) return made;
  s.cut->asked = s.env.clock.Now();
  if (made.ok()) {
    s.cut->made = *made;
  } else {
    s.DropCut(made.status().message());
  }
  return made;
}

absl::Status Shard::AbortCheckpoint(absl::string_view name,
                                    std::uint64_t epoch) {
  ROWHOUSE_RETURN_IF_ERROR(CheckArguments(name, epoch));
  State& s = *state_;
  const OneAtATime::Turn turn = s.cut_calls.Try();
  if (!turn) return Busy(s.options.index);
  MutexLock maintenance(s.maintenance_mu);
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
  }
  if (IsOf(s.cut, name, epoch)) {
    s.DropCut("its maker gives it up");
  }
  // Its part may have been made, or begun, before a restart of this shard.
  // Whoever has the turn knows that none is being made now.
  return storage::RemoveAttempt(s.env.disk, s.PlaceOf(name), epoch);
}

absl::StatusOr<CheckpointInfo> Shard::CommitCheckpoint(
    absl::string_view name, std::uint64_t epoch,
    absl::Span<const ShardCheckpoint> parts) {
  ROWHOUSE_RETURN_IF_ERROR(CheckArguments(name, epoch));
  State& s = *state_;
  // One commit at a time.
  MutexLock maintenance(s.maintenance_mu);
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  CheckpointInfo info;
  info.name = std::string(name);
  info.created = s.env.clock.Now();
  info.snapshot_epoch = epoch;
  info.shards.assign(parts.begin(), parts.end());
  std::sort(info.shards.begin(), info.shards.end(),
            [](const auto& a, const auto& b) { return a.index < b.index; });
  if (parts.size() != s.options.shard_count) {
    return absl::InvalidArgumentError(
        absl::StrCat("checkpoint '", name, "' of ", parts.size(),
                     " parts, expected ", s.options.shard_count));
  }
  for (std::uint32_t i = 0; i < s.options.shard_count; ++i) {
    const ShardCheckpoint& part = info.shards[i];
    if (part.index != ShardIndex(i)) {
      return absl::InvalidArgumentError(
          absl::StrCat("checkpoint '", name, "' has a part of shard ",
                       part.index.value(), ", expected ", i));
    }
    info.rows += part.rows;
    info.bytes += part.bytes;
  }
  ROWHOUSE_RETURN_IF_ERROR(
      storage::CommitCheckpoint(s.env.disk, s.CheckpointRoot(), info,
                                absl::StrCat("rowhouse ", s.options.version)));
  if (IsOf(s.cut, name, epoch)) s.cut.reset();
  // As a later List would show it.
  return storage::ReadCheckpoint(s.env.disk, s.CheckpointRoot(), name);
}

absl::StatusOr<CheckpointListing> Shard::ListCheckpoints() const {
  const State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
  return storage::ListCheckpoints(s.env.disk, s.CheckpointRoot());
}

absl::Status Shard::DeleteCheckpoint(absl::string_view name) {
  State& s = *state_;
  // None beside a restore of it on this shard, nor beside the making of one.
  const OneAtATime::Turn turn = s.cut_calls.Try();
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
    // Shards are told to finish when all have their rows. A restore that was
    // given up stays so for ever, so this is nothing to wait for.
    if (s.restoring) {
      return absl::FailedPreconditionError(absl::StrCat(
          "shard ", s.options.index.value(),
          " is being restored, and others may be reading a checkpoint: none "
          "is deleted before a restore has succeeded"));
    }
  }
  if (!turn) return Busy(s.options.index);
  const std::string root = s.CheckpointRoot();
  absl::Status deleted = storage::DeleteCheckpoint(s.env.disk, root, name);
  if (!absl::IsNotFound(deleted)) return deleted;
  {
    MutexLock maintenance(s.maintenance_mu);
    if (s.cut.has_value() && s.cut->name == name) {
      ROWHOUSE_ASSIGN_OR_RETURN(const bool over, s.CutIsOver());
      if (!over) return BeingMade(*s.cut);
    }
  }
  return storage::DeleteUnfinished(s.env.disk, root, name);
}

}  // namespace rowhouse::shard
