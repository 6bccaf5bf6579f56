#include "tools/checkpoint_verify.h"

#include <filesystem>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/executor.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "shard/part_source.h"
#include "shard/part_tables.h"
#include "shard/shard.h"
#include "storage/disk.h"
#include "tools/progress.h"
#include "tools/stored_manifest.h"

namespace rowhouse::tools {
namespace {

struct Proven {
  std::uint64_t rows = 0;     // in the copies
  std::uint64_t records = 0;  // upon them
  std::uint64_t tables = 0;
};

absl::StatusOr<std::uint64_t> CountRows(const shard::PartSource& part) {
  std::uint64_t rows = 0;
  for (const storage::CheckpointTable& table : part.manifest().tables) {
    ROWHOUSE_RETURN_IF_ERROR(part.Scan(table.table.incarnation, {0, kBuckets},
                                       [&](const storage::RowImage&) {
                                         ++rows;
                                         return absl::OkStatus();
                                       }));
  }
  return rows;
}

absl::StatusOr<Proven> Prove(const std::string& root,
                             const CheckpointInfo& info, Progress& progress) {
  const auto executor = MakeInlineExecutor();
  const shard::Environment environment = shard::RealEnvironment(*executor);
  Proven proven;
  std::vector<shard::PartSource> parts;
  for (std::size_t i = 0; i < info.shards.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        shard::PartSource part,
        shard::PartSource::Open(environment.disk, environment.open_row_store,
                                root, info, i));
    ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t rows, CountRows(part));
    ROWHOUSE_ASSIGN_OR_RETURN(const shard::PartSource::Survey survey,
                              part.ReadJournal());
    proven.rows += rows;
    proven.records += survey.records;
    parts.push_back(std::move(part));
    progress.Count(proven.rows, info.rows);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<shard::PartTable> tables,
                            shard::TablesOf(parts));
  proven.tables = tables.size();
  return proven;
}

}  // namespace

absl::StatusOr<ExitCode> Run(const CheckpointVerifyVerb& verb,
                             const Target& /*target*/, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(const StoredManifest stored,
                            ReadStoredManifest(verb.directory));
  const auto* const info = std::get_if<CheckpointInfo>(&stored);
  if (info == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(verb.directory, " is no checkpoint's directory"));
  }
  absl::StatusOr<Proven> proven;
  {
    Progress progress(output,
                      absl::StrCat("verifying checkpoint ", info->name));
    // The directory has the checkpoint's name, or it were not read so far.
    const auto whole = std::filesystem::weakly_canonical(verb.directory);
    proven = Prove((whole / "").parent_path().parent_path().string(), *info,
                   progress);
  }
  ROWHOUSE_RETURN_IF_ERROR(proven.status());
  output.talk << "checkpoint " << Printable(info->name) << " can be restored\n";
  Json json;
  json["verified"] = info->name;
  json["snapshot_epoch"] = info->snapshot_epoch;
  json["shards"] = info->shards.size();
  json["tables"] = proven->tables;
  json["rows"] = proven->rows;
  json["records"] = proven->records;
  json["bytes"] = info->bytes;
  if (output.json) {
    Print(output.data, json);
    return ExitCode::kOk;
  }
  PrintFields(output.data,
              {{"checkpoint", info->name},
               {"snapshot epoch", absl::StrCat(info->snapshot_epoch)},
               {"parts", absl::StrCat(info->shards.size())},
               {"tables", absl::StrCat(proven->tables)},
               {"rows copied", absl::StrCat(proven->rows)},
               {"records upon them", absl::StrCat(proven->records)},
               {"size", BytesText(info->bytes)}});
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
