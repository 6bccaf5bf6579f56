#include "storage/data_dir.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/framed_file.h"
#include "storage/stored_session.h"
#include "storage/stored_table.h"

namespace rowhouse::storage {
namespace {

std::string ManifestPath(const std::string& data_dir) {
  return absl::StrCat(data_dir, "/MANIFEST");
}

std::string WatermarksPath(const std::string& data_dir) {
  return absl::StrCat(data_dir, "/WATERMARKS");
}

absl::Status Damage(absl::string_view path, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

}  // namespace

absl::StatusOr<DataDirManifest> ReadManifest(Disk& disk,
                                             const std::string& data_dir) {
  const std::string path = ManifestPath(data_dir);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            ReadFramedFile(disk, path, kDataDirMagic));
  v1::DataDirManifest message;
  if (!message.ParseFromString(bytes)) return Damage(path, "does not parse");
  if (message.format() > kDataDirFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": data directory of format ", message.format(),
                     ", this program knows ", kDataDirFormat));
  }
  DataDirManifest manifest{.incarnation = message.incarnation(),
                           .shard_index = ShardIndex(message.shard_index()),
                           .shard_count = message.shard_count(),
                           .restore_id = message.restore_id(),
                           .restoring = message.restoring(),
                           .restored_from = message.restored_from()};
  DistinctTables distinct(path);
  for (const v1::StoredTable& stored : message.tables()) {
    ROWHOUSE_ASSIGN_OR_RETURN(StoredTable table,
                              DecodeStoredTable(stored, path));
    ROWHOUSE_RETURN_IF_ERROR(distinct.Add(table));
    manifest.tables.push_back(std::move(table));
  }
  return manifest;
}

absl::Status WriteManifest(Disk& disk, const std::string& data_dir,
                           const DataDirManifest& manifest) {
  v1::DataDirManifest message;
  message.set_format(kDataDirFormat);
  message.set_incarnation(manifest.incarnation);
  message.set_shard_index(manifest.shard_index.value());
  message.set_shard_count(manifest.shard_count);
  message.set_restore_id(manifest.restore_id);
  message.set_restoring(manifest.restoring);
  message.set_restored_from(manifest.restored_from);
  for (const StoredTable& table : manifest.tables) {
    EncodeStoredTable(table, *message.add_tables());
  }
  return WriteFramedFile(disk, ManifestPath(data_dir), kDataDirMagic,
                         message.SerializeAsString());
}

absl::StatusOr<Watermarks> ReadWatermarks(Disk& disk,
                                          const std::string& data_dir) {
  const std::string path = WatermarksPath(data_dir);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            ReadFramedFile(disk, path, kWatermarksMagic));
  v1::Watermarks message;
  if (!message.ParseFromString(bytes)) return Damage(path, "does not parse");
  Watermarks watermarks{.sessions_lsn = Lsn(message.sessions_lsn()),
                        .last_session_number = message.last_session_number(),
                        .durable = Lsn(message.durable_lsn()),
                        .snapshot_epoch = message.snapshot_epoch(),
                        .epoch_floor = message.epoch_floor()};
  for (const v1::TableWatermark& table : message.tables()) {
    const TableIncarnation incarnation(table.incarnation());
    if (!watermarks.tables.emplace(incarnation, Lsn(table.lsn())).second) {
      return Damage(path, "a table twice");
    }
    if (!table.has_steps()) continue;
    ROWHOUSE_ASSIGN_OR_RETURN(watermarks.steps[incarnation],
                              DecodeSteps(table.steps(), path));
  }
  for (const v1::StoredSession& stored : message.sessions()) {
    ROWHOUSE_ASSIGN_OR_RETURN(StoredSession session,
                              DecodeSession(stored, path));
    watermarks.sessions.push_back(std::move(session));
  }
  return watermarks;
}

absl::Status WriteWatermarks(Disk& disk, const std::string& data_dir,
                             const Watermarks& watermarks) {
  v1::Watermarks message;
  for (const auto& [incarnation, lsn] : watermarks.tables) {
    v1::TableWatermark* const table = message.add_tables();
    table->set_incarnation(incarnation.value());
    table->set_lsn(lsn.value());
    const auto steps = watermarks.steps.find(incarnation);
    if (steps == watermarks.steps.end()) continue;
    EncodeSteps(steps->second, *table->mutable_steps());
  }
  message.set_sessions_lsn(watermarks.sessions_lsn.value());
  message.set_last_session_number(watermarks.last_session_number);
  message.set_durable_lsn(watermarks.durable.value());
  message.set_snapshot_epoch(watermarks.snapshot_epoch);
  message.set_epoch_floor(watermarks.epoch_floor);
  for (const StoredSession& session : watermarks.sessions) {
    EncodeSession(session, *message.add_sessions());
  }
  return WriteFramedFile(disk, WatermarksPath(data_dir), kWatermarksMagic,
                         message.SerializeAsString());
}

}  // namespace rowhouse::storage
