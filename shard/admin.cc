// Tables come and go; what a shard says of itself.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "rowhouse/shard_map.h"
#include "shard/state.h"
#include "shard/validate.h"

namespace rowhouse::shard {
namespace {

TableInfo InfoOf(const Table& table, const Lanes& lanes, Mutex& push_mu) {
  TableInfo info;
  info.spec = table.spec();
  info.incarnation = table.incarnation();
  for (std::uint32_t i = 0; i < lanes.size(); ++i) {
    ReaderLock lock(lanes[i]->rows_mu());
    info.rows_stored += table.stored(i);
    info.memory_bytes += table.rows(i).memory_bytes();
  }
  MutexLock lock(push_mu);
  const StepLog& log = table.steps().log;
  info.steps = log.count();
  if (log.size() > 0) {
    info.last_step = TableStep{log.last().learning_rate, log.last().step};
  }
  return info;
}

// ALREADY_EXISTS naming what differs, or OK.
absl::Status CheckSame(const Table& table, const TableSpec& spec,
                       TableIncarnation incarnation) {
  if (table.spec() != spec) {
    return absl::AlreadyExistsError(absl::StrCat(
        "table '", spec.name, "' exists as ", TableSpecToJson(table.spec()),
        ", asked for ", TableSpecToJson(spec)));
  }
  if (table.incarnation() != incarnation) {
    return absl::AlreadyExistsError(absl::StrCat(
        "table '", spec.name, "' exists with incarnation ",
        table.incarnation().value(), ", asked for ", incarnation.value()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> Shard::State::HasTable(const TableSpec& spec,
                                            TableIncarnation of_table) const {
  ROWHOUSE_RETURN_IF_ERROR(CheckServing());
  if (const Table* table = tables.Find(spec.name)) {
    ROWHOUSE_RETURN_IF_ERROR(CheckSame(*table, spec, of_table));
    return true;
  }
  if (const Table* table = tables.Find(of_table)) {
    return absl::AlreadyExistsError(
        absl::StrCat("incarnation ", of_table.value(), " is that of table '",
                     table->spec().name, "', asked for '", spec.name, "'"));
  }
  if (tables.size() < kTablesMax) return false;
  return absl::ResourceExhaustedError(
      absl::StrCat("table '", spec.name, "': the shard has ", tables.size(),
                   " tables, at most ", kTablesMax));
}

absl::Status Shard::CreateTable(const TableSpec& spec,
                                TableIncarnation incarnation) {
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  if (incarnation.value() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("table '", spec.name, "': incarnation 0"));
  }
  State& s = *state_;
  MutexLock maintenance(s.maintenance_mu);
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_ASSIGN_OR_RETURN(const bool exists, s.HasTable(spec, incarnation));
    if (exists) return absl::OkStatus();
  }
  ROWHOUSE_RETURN_IF_ERROR(s.store->CreateTable(incarnation));
  storage::DataDirManifest changed = s.manifest;
  changed.tables.push_back({incarnation, spec});
  // The watermark comes first: records of an earlier life of this incarnation
  // are below it and are never replayed into this one.
  s.watermarks.tables[incarnation] = s.journal->last();
  absl::Status status = s.WriteWatermarks();
  if (status.ok()) status = s.SaveManifest(changed);
  if (!status.ok()) {
    s.watermarks.tables.erase(incarnation);
    // What stays is removed at the next start. A shard that has failed leaves
    // it: the manifest that the next start finds may name the table.
    if (s.fault().ok()) s.store->DropTable(incarnation).IgnoreError();
    return status;
  }
  s.AddToCut({incarnation, spec}, s.watermarks.tables[incarnation]);
  auto table = std::make_unique<Table>(spec, incarnation, s.options.lanes);
  WriterLock gate(s.gate);
  s.AddTable(std::move(table));
  return absl::OkStatus();
}

absl::Status Shard::DropTable(const DropTableRequest& request) {
  State& s = *state_;
  MutexLock maintenance(s.maintenance_mu);
  TableIncarnation incarnation;
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
    if (request.shard_incarnation != 0 &&
        request.shard_incarnation != s.manifest.incarnation) {
      return absl::FailedPreconditionError(absl::StrCat(
          "table '", request.name, "' was to be dropped when shard ",
          s.options.index.value(), " had incarnation ",
          request.shard_incarnation, "; it has ", s.manifest.incarnation,
          " now"));
    }
    ROWHOUSE_ASSIGN_OR_RETURN(
        const Table* const table,
        FindTable(s.tables, request.name, request.incarnation));
    incarnation = table->incarnation();
  }
  storage::DataDirManifest changed = s.manifest;
  std::erase_if(changed.tables, [&](const storage::StoredTable& table) {
    return table.incarnation == incarnation;
  });
  ROWHOUSE_RETURN_IF_ERROR(s.SaveManifest(changed));
  {
    WriterLock gate(s.gate);
    s.RemoveTable(*s.tables.Find(request.name));
  }
  s.TakeFromCut(incarnation);
  s.watermarks.tables.erase(incarnation);
  s.watermarks.steps.erase(incarnation);
  s.unflushed.erase(incarnation);
  s.cold_sweeps.erase(incarnation);
  // It is gone; what the row store may keep is dropped at the next start.
  if (const absl::Status status = s.store->DropTable(incarnation);
      !status.ok()) {
    LogWarning("table_rows_kept",
               {{"table", request.name}, {"error", status.ToString()}});
  }
  return absl::OkStatus();
}

absl::StatusOr<TableInfo> Shard::DescribeTable(absl::string_view name) const {
  State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  ROWHOUSE_ASSIGN_OR_RETURN(const Table* const table,
                            FindTable(s.tables, name, TableIncarnation()));
  return InfoOf(*table, s.lanes, s.push_mu);
}

std::vector<TableInfo> Shard::ListTables() const {
  State& s = *state_;
  ReaderLock gate(s.gate);
  std::vector<TableInfo> infos;
  for (const Table* table : s.tables.All()) {
    infos.push_back(InfoOf(*table, s.lanes, s.push_mu));
  }
  return infos;
}

absl::Status Shard::CheckServing() const {
  ReaderLock gate(state_->gate);
  return state_->CheckServing();
}

ShardInfo Shard::Info() const {
  State& s = *state_;
  ShardInfo info;
  info.version = s.options.version;
  info.map_version = s.options.map_version;
  info.index = s.options.index;
  info.shard_count = s.options.shard_count;
  info.buckets = s.buckets;
  info.lookups = s.counters.lookups;
  info.lookup_rows = s.counters.lookup_rows;
  info.pushes = s.counters.pushes;
  info.push_rows = s.counters.push_rows;
  info.duplicates = s.counters.duplicates;
  info.refused = s.counters.refused;
  ReaderLock gate(s.gate);
  info.incarnation = s.incarnation;
  info.restore_id = s.restore_id;
  info.tables = s.tables.size();
  for (const Table* table : s.tables.All()) {
    const TableInfo of_table = InfoOf(*table, s.lanes, s.push_mu);
    info.rows_stored += of_table.rows_stored;
    info.memory_bytes += of_table.memory_bytes;
  }
  const absl::Status fault = s.fault();
  info.state = !fault.ok()   ? absl::StrCat("failed: ", fault.ToString())
               : s.closed    ? "closed"
               : s.restoring ? "restoring"
                             : "serving";
  if (s.journal != nullptr) {
    info.last_lsn = s.journal->last();
    info.synced_lsn = s.journal->synced();
    info.journal_bytes = s.journal->bytes();
  }
  MutexLock lock(s.push_mu);
  info.sessions = s.sessions.size();
  info.snapshot_epoch = s.epochs.wanted();
  return info;
}

}  // namespace rowhouse::shard
