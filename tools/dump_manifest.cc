#include "tools/dump_manifest.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tools/dump_data_dir.h"
#include "tools/stored_manifest.h"

namespace rowhouse::tools {
namespace {

constexpr auto kRight = TextTable::Align::kRight;

std::string ShardText(ShardIndex index, std::uint32_t count) {
  return absl::StrCat(index.value(), " of ", count);
}

Json TableJson(const storage::StoredTable& table) {
  Json json;
  json["spec"] = SpecToJson(table.spec);
  json["incarnation"] = NameText(table.incarnation.value());
  return json;
}

absl::Status Dump(const std::string& directory,
                  const storage::DataDirManifest& manifest,
                  const Output& output) {
  return DumpDataDir(directory, manifest, output);
}

absl::Status Dump(const std::string& directory,
                  const storage::ShardManifest& part, const Output& output) {
  Json json;
  json["kind"] = "checkpoint part";
  json["directory"] = directory;
  json["shard_index"] = part.index.value();
  json["shard_count"] = part.shard_count;
  json["data_incarnation"] = NameText(part.data_incarnation);
  json["cut_lsn"] = part.cut.value();
  json["snapshot_epoch"] = part.snapshot_epoch;
  json["tables"] = Json::array();
  TextTable tables({{"table"},
                    {"incarnation"},
                    {"dim", kRight},
                    {"rows", kRight},
                    {"optimizer"}});
  for (const storage::CheckpointTable& table : part.tables) {
    Json one = TableJson(table.table);
    tables.Add({table.table.spec.name,
                NameText(table.table.incarnation.value()),
                absl::StrCat(table.table.spec.dim), absl::StrCat(table.rows),
                FieldsText(one["spec"]["optimizer"])});
    one["rows"] = table.rows;
    json["tables"].push_back(std::move(one));
  }
  json["files"] = Json::array();
  TextTable files({{"file"}, {"bytes", kRight}, {"SHA-256"}});
  for (const storage::CheckpointFile& file : part.files) {
    json["files"].push_back(
        {{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
    files.Add({file.path, absl::StrCat(file.bytes), file.sha256});
  }
  if (output.json) {
    Print(output.data, json);
    return absl::OkStatus();
  }
  PrintFields(output.data,
              {{"checkpoint part", directory},
               {"shard", ShardText(part.index, part.shard_count)},
               {"made from", NameText(part.data_incarnation)},
               {"cut LSN", absl::StrCat(part.cut.value())},
               {"snapshot epoch", absl::StrCat(part.snapshot_epoch)}});
  output.data << '\n';
  tables.Print(output.data);
  output.data << '\n';
  files.Print(output.data);
  return absl::OkStatus();
}

absl::Status Dump(const std::string& directory,
                  const CheckpointInfo& checkpoint, const Output& output) {
  Json json;
  json["kind"] = "checkpoint";
  json["directory"] = directory;
  json["name"] = checkpoint.name;
  json["created"] = TimeText(checkpoint.created);
  json["snapshot_epoch"] = checkpoint.snapshot_epoch;
  json["rows"] = checkpoint.rows;
  json["bytes"] = checkpoint.bytes;
  json["parts"] = Json::array();
  TextTable parts({{"part", kRight},
                   {"rows", kRight},
                   {"size", kRight},
                   {"SHA-256 of its manifest"}});
  for (const ShardCheckpoint& part : checkpoint.shards) {
    json["parts"].push_back({{"shard_index", part.index.value()},
                             {"rows", part.rows},
                             {"bytes", part.bytes},
                             {"manifest_sha256", part.manifest_sha256}});
    parts.Add({absl::StrCat(part.index.value()), absl::StrCat(part.rows),
               BytesText(part.bytes), part.manifest_sha256});
  }
  if (output.json) {
    Print(output.data, json);
    return absl::OkStatus();
  }
  PrintFields(output.data,
              {{"checkpoint", checkpoint.name},
               {"created", TimeText(checkpoint.created)},
               {"snapshot epoch", absl::StrCat(checkpoint.snapshot_epoch)},
               {"rows", absl::StrCat(checkpoint.rows)},
               {"size", BytesText(checkpoint.bytes)}});
  output.data << '\n';
  parts.Print(output.data);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExitCode> Run(const DumpManifestVerb& verb,
                             const Target& /*target*/, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(const StoredManifest manifest,
                            ReadStoredManifest(verb.directory));
  ROWHOUSE_RETURN_IF_ERROR(std::visit(
      [&](const auto& one) { return Dump(verb.directory, one, output); },
      manifest));
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
