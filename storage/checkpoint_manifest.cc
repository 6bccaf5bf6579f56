#include "storage/checkpoint_manifest.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/framed_file.h"
#include "storage/stored_session.h"
#include "storage/stored_table.h"

namespace rowhouse::storage {
namespace {

absl::Status Damage(absl::string_view path, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

// The message in the frame, or what to do about a file that is not ours.
absl::StatusOr<absl::string_view> Unframe(absl::string_view magic,
                                          absl::string_view bytes,
                                          const std::string& path) {
  if (!absl::StartsWith(bytes, magic)) {
    return Damage(path,
                  "does not begin as this program's checkpoints do: it is "
                  "damaged, or another program's, which cannot be restored");
  }
  return DecodeFrame(magic, bytes, path);
}

absl::Status CheckFormat(std::uint32_t format, absl::string_view software,
                         const std::string& path) {
  if (format == kCheckpointFormat) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      path, ": checkpoint format ", format, ", this program knows ",
      kCheckpointFormat, ": restore it with the program that wrote it",
      software.empty() ? "" : absl::StrCat(", ", software),
      format > kCheckpointFormat ? ", or a newer one" : ""));
}

template <typename Message>
absl::StatusOr<Message> Parse(absl::string_view magic, absl::string_view bytes,
                              const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const absl::string_view content,
                            Unframe(magic, bytes, path));
  Message message;
  if (!message.ParseFromArray(content.data(),
                              static_cast<int>(content.size()))) {
    return Damage(path, "does not parse");
  }
  ROWHOUSE_RETURN_IF_ERROR(
      CheckFormat(message.format(), message.software(), path));
  return message;
}

absl::StatusOr<CheckpointTable> DecodeTable(const v1::StoredTable& stored,
                                            const std::string& path) {
  CheckpointTable table;
  ROWHOUSE_ASSIGN_OR_RETURN(table.table, DecodeStoredTable(stored, path));
  table.rows = stored.rows();
  table.after = Lsn(stored.after_lsn());
  table.fresh = stored.fresh();
  if (stored.has_steps()) {
    ROWHOUSE_ASSIGN_OR_RETURN(table.steps, DecodeSteps(stored.steps(), path));
  }
  return table;
}

}  // namespace

std::string EncodeShardManifest(const ShardManifest& manifest) {
  v1::ShardManifest message;
  message.set_format(kCheckpointFormat);
  message.set_shard_index(manifest.index.value());
  message.set_shard_count(manifest.shard_count);
  message.set_data_incarnation(manifest.data_incarnation);
  message.set_cut_lsn(manifest.cut.value());
  message.set_snapshot_epoch(manifest.snapshot_epoch);
  for (const CheckpointTable& table : manifest.tables) {
    v1::StoredTable* const stored = message.add_tables();
    EncodeStoredTable(table.table, *stored);
    stored->set_rows(table.rows);
    stored->set_after_lsn(table.after.value());
    stored->set_fresh(table.fresh);
    if (table.steps.has_value()) {
      EncodeSteps(*table.steps, *stored->mutable_steps());
    }
  }
  for (const CheckpointFile& file : manifest.files) {
    v1::CheckpointFile* const stored = message.add_files();
    stored->set_path(file.path);
    stored->set_bytes(file.bytes);
    stored->set_sha256(file.sha256);
  }
  message.set_sessions_lsn(manifest.sessions_lsn.value());
  message.set_last_session_number(manifest.last_session_number);
  for (const StoredSession& session : manifest.sessions) {
    EncodeSession(session, *message.add_sessions());
  }
  message.set_software(manifest.software);
  return EncodeFrame(kCheckpointPartMagic, message.SerializeAsString());
}

absl::StatusOr<ShardManifest> DecodeShardManifest(absl::string_view bytes,
                                                  const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const v1::ShardManifest message,
      Parse<v1::ShardManifest>(kCheckpointPartMagic, bytes, path));
  ShardManifest manifest{.index = ShardIndex(message.shard_index()),
                         .shard_count = message.shard_count(),
                         .data_incarnation = message.data_incarnation(),
                         .cut = Lsn(message.cut_lsn()),
                         .snapshot_epoch = message.snapshot_epoch(),
                         .tables = {},
                         .files = {},
                         .sessions_lsn = Lsn(message.sessions_lsn()),
                         .last_session_number = message.last_session_number(),
                         .sessions = {},
                         .software = message.software()};
  DistinctTables distinct(path);
  for (const v1::StoredTable& stored : message.tables()) {
    ROWHOUSE_ASSIGN_OR_RETURN(CheckpointTable table, DecodeTable(stored, path));
    ROWHOUSE_RETURN_IF_ERROR(distinct.Add(table.table));
    manifest.tables.push_back(std::move(table));
  }
  for (const v1::CheckpointFile& file : message.files()) {
    manifest.files.push_back(
        {.path = file.path(), .bytes = file.bytes(), .sha256 = file.sha256()});
  }
  for (const v1::StoredSession& stored : message.sessions()) {
    ROWHOUSE_ASSIGN_OR_RETURN(StoredSession session,
                              DecodeSession(stored, path));
    manifest.sessions.push_back(std::move(session));
  }
  return manifest;
}

std::string EncodeCheckpointManifest(const CheckpointInfo& info,
                                     absl::string_view software) {
  v1::CheckpointManifest message;
  message.set_format(kCheckpointFormat);
  message.set_name(info.name);
  message.set_created_us(absl::ToUnixMicros(info.created));
  message.set_snapshot_epoch(info.snapshot_epoch);
  for (const ShardCheckpoint& part : info.shards) {
    v1::CheckpointPart* const stored = message.add_parts();
    stored->set_shard_index(part.index.value());
    stored->set_rows(part.rows);
    stored->set_bytes(part.bytes);
    stored->set_manifest_sha256(part.manifest_sha256);
  }
  message.set_software(std::string(software));
  return EncodeFrame(kCheckpointMagic, message.SerializeAsString());
}

absl::StatusOr<CheckpointInfo> DecodeCheckpointManifest(
    absl::string_view bytes, absl::string_view name, const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const v1::CheckpointManifest message,
      Parse<v1::CheckpointManifest>(kCheckpointMagic, bytes, path));
  if (message.name() != name) {
    return Damage(path,
                  absl::StrCat("is of checkpoint '", message.name(), "'"));
  }
  CheckpointInfo info{.name = message.name(),
                      .created = absl::FromUnixMicros(message.created_us()),
                      .snapshot_epoch = message.snapshot_epoch()};
  for (const v1::CheckpointPart& part : message.parts()) {
    if (part.shard_index() != info.shards.size()) {
      return Damage(path, absl::StrCat("part ", info.shards.size(),
                                       " is of shard ", part.shard_index()));
    }
    info.shards.push_back({.index = ShardIndex(part.shard_index()),
                           .rows = part.rows(),
                           .bytes = part.bytes(),
                           .manifest_sha256 = part.manifest_sha256()});
    info.rows += part.rows();
    info.bytes += part.bytes();
  }
  if (info.shards.empty()) return Damage(path, "has no parts");
  return info;
}

}  // namespace rowhouse::storage
