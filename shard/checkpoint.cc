// Checkpoints: a copy of the row store at one LSN, and what makes the copies of
// all shards one checkpoint.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "shard/state.h"
#include "shard/write_back.h"
#include "storage/checkpoint.h"

namespace rowhouse::shard {
absl::Status Shard::State::CopyRows(const std::string& path,
                                    storage::ShardManifest& part) {
  // Most rows are written while pushes go on; they wait for the rest only.
  ROWHOUSE_RETURN_IF_ERROR(WriteBack(/*settle=*/true));
  ReaderLock reader(gate);
  MutexLock pushes(push_mu);
  part.cut = journal->last();
  Drain(part.cut);
  for (Table* table : tables.All()) {
    // Whatever fails below, rows called clean are not taken for flushed.
    unflushed.insert(table->incarnation());
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t written,
                              WriteTableBack(*table, lanes, *journal, *store));
    if (written > 0) {
      ROWHOUSE_RETURN_IF_ERROR(store->Flush(table->incarnation()));
    }
    unflushed.erase(table->incarnation());
    storage::CheckpointTable saved;
    saved.table = {table->incarnation(), table->spec()};
    if (table->steps().log.count() > 0) {
      saved.steps = table->steps().log.Store(/*owner=*/0);
    }
    for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
      ReaderLock lock(lanes[lane]->rows_mu());
      saved.rows += table->stored(lane);
    }
    part.tables.push_back(std::move(saved));
  }
  return store->CopyTo(absl::StrCat(path, "/rows"));
}

absl::StatusOr<ShardCheckpoint> Shard::PrepareCheckpoint(
    absl::string_view name) {
  ROWHOUSE_RETURN_IF_ERROR(storage::ValidateCheckpointName(name));
  State& s = *state_;
  MutexLock maintenance(s.maintenance_mu);
  storage::ShardManifest part;
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
    part.data_incarnation = s.incarnation;
  }
  part.index = s.options.index;
  part.shard_count = s.options.shard_count;
  ROWHOUSE_ASSIGN_OR_RETURN(
      const std::string path,
      storage::BeginShardCheckpoint(s.env.disk, s.CheckpointRoot(), name,
                                    s.options.index, s.options.shard_count));
  absl::Status status = s.CopyRows(path, part);
  if (status.ok()) {
    absl::StatusOr<ShardCheckpoint> finished =
        storage::FinishShardCheckpoint(s.env.disk, path, std::move(part));
    if (finished.ok()) return finished;
    status = finished.status();
  }
  if (const absl::Status removed = s.env.disk.RemoveAll(path); !removed.ok()) {
    LogWarning("checkpoint_part_kept",
               {{"path", path}, {"error", removed.ToString()}});
  }
  return status;
}

absl::StatusOr<CheckpointInfo> Shard::CommitCheckpoint(
    absl::string_view name, absl::Span<const ShardCheckpoint> parts) {
  ROWHOUSE_RETURN_IF_ERROR(storage::ValidateCheckpointName(name));
  State& s = *state_;
  // One commit at a time, and none beside the making of a part.
  MutexLock maintenance(s.maintenance_mu);
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  CheckpointInfo info;
  info.name = std::string(name);
  info.created = s.env.clock.Now();
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
      storage::CommitCheckpoint(s.env.disk, s.CheckpointRoot(), info));
  // As a later List would show it.
  return storage::ReadCheckpoint(s.env.disk, s.CheckpointRoot(), name);
}

absl::StatusOr<std::vector<CheckpointInfo>> Shard::ListCheckpoints() const {
  const State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
  return storage::ListCheckpoints(s.env.disk, s.CheckpointRoot());
}

}  // namespace rowhouse::shard
