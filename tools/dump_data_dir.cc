#include "tools/dump_data_dir.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/disk.h"

namespace rowhouse::tools {
namespace {

constexpr auto kRight = TextTable::Align::kRight;

Json WatermarksJson(const storage::Watermarks& watermarks) {
  Json json;
  json["durable_lsn"] = watermarks.durable.value();
  json["sessions_lsn"] = watermarks.sessions_lsn.value();
  json["last_session_number"] = watermarks.last_session_number;
  json["tables"] = Json::array();
  for (const auto& [table, lsn] : watermarks.tables) {
    Json one;
    one["incarnation"] = NameText(table.value());
    one["lsn"] = lsn.value();
    json["tables"].push_back(std::move(one));
  }
  json["sessions"] = Json::array();
  for (const storage::StoredSession& session : watermarks.sessions) {
    Json one;
    one["number"] = session.number;
    one["lowest"] = session.lowest;
    one["highest_plus_one"] = session.highest_plus_one;
    one["last_lsn"] = session.last_lsn;
    one["snapshot_epoch"] = session.snapshot_epoch;
    one["done"] = session.done;
    json["sessions"].push_back(std::move(one));
  }
  return json;
}

void PrintSessions(const std::vector<storage::StoredSession>& sessions,
                   std::ostream& out) {
  TextTable table({{"session", kRight},
                   {"lowest", kRight},
                   {"next", kRight},
                   {"last LSN", kRight},
                   {"epoch", kRight},
                   {"done", kRight}});
  for (const storage::StoredSession& session : sessions) {
    table.Add({absl::StrCat(session.number), absl::StrCat(session.lowest),
               absl::StrCat(session.highest_plus_one),
               absl::StrCat(session.last_lsn),
               absl::StrCat(session.snapshot_epoch),
               absl::StrCat(session.done.size())});
  }
  out << '\n';
  table.Print(out);
}

// Of a data directory: MANIFEST, and WATERMARKS beside it.
class DataDirPrinter {
 public:
  DataDirPrinter(const std::string& directory,
                 const storage::DataDirManifest& manifest,
                 const std::optional<storage::Watermarks>& watermarks)
      : directory_(directory), manifest_(manifest), watermarks_(watermarks) {}

  Json ToJson() const {
    Json json;
    json["kind"] = "data directory";
    json["directory"] = directory_;
    json["incarnation"] = NameText(manifest_.incarnation);
    json["shard_index"] = manifest_.shard_index.value();
    json["shard_count"] = manifest_.shard_count;
    json["restore_id"] = NameText(manifest_.restore_id);
    json["restored_from"] = manifest_.restored_from;
    json["restoring"] = manifest_.restoring;
    json["tables"] = Json::array();
    for (const storage::StoredTable& table : manifest_.tables) {
      Json one;
      one["spec"] = SpecToJson(table.spec);
      one["incarnation"] = NameText(table.incarnation.value());
      json["tables"].push_back(std::move(one));
    }
    json["watermarks"] =
        watermarks_.has_value() ? WatermarksJson(*watermarks_) : Json();
    return json;
  }

  void Print(std::ostream& out) const {
    std::vector<std::pair<std::string, std::string>> fields = {
        {"data directory", directory_},
        {"incarnation", NameText(manifest_.incarnation)},
        {"shard", absl::StrCat(manifest_.shard_index.value(), " of ",
                               manifest_.shard_count)},
        {"last restore", manifest_.restore_id == 0
                             ? "never"
                             : absl::StrCat(NameText(manifest_.restore_id),
                                            " from ", manifest_.restored_from)},
        {"restoring", manifest_.restoring ? "yes" : "no"}};
    if (watermarks_.has_value()) {
      fields.insert(
          fields.end(),
          {{"synced LSN", absl::StrCat(watermarks_->durable.value())},
           {"sessions' LSN", absl::StrCat(watermarks_->sessions_lsn.value())},
           {"last session", absl::StrCat(watermarks_->last_session_number)}});
    }
    PrintFields(out, fields);
    if (!manifest_.tables.empty()) PrintTables(out);
    if (watermarks_.has_value() && !watermarks_->sessions.empty()) {
      PrintSessions(watermarks_->sessions, out);
    }
  }

 private:
  void PrintTables(std::ostream& out) const {
    TextTable table({{"table"},
                     {"incarnation"},
                     {"dim", kRight},
                     {"flushed LSN", kRight},
                     {"optimizer"}});
    for (const storage::StoredTable& stored : manifest_.tables) {
      table.Add({stored.spec.name, NameText(stored.incarnation.value()),
                 absl::StrCat(stored.spec.dim), Flushed(stored.incarnation),
                 FieldsText(SpecToJson(stored.spec)["optimizer"])});
    }
    out << '\n';
    table.Print(out);
  }

  std::string Flushed(TableIncarnation table) const {
    if (!watermarks_.has_value()) return "-";
    const auto it = watermarks_->tables.find(table);
    return it == watermarks_->tables.end() ? "-"
                                           : absl::StrCat(it->second.value());
  }

  const std::string& directory_;
  const storage::DataDirManifest& manifest_;
  const std::optional<storage::Watermarks>& watermarks_;
};

}  // namespace

absl::Status DumpDataDir(const std::string& directory,
                         const storage::DataDirManifest& manifest,
                         const Output& output) {
  std::optional<storage::Watermarks> watermarks;
  const auto read = storage::ReadWatermarks(storage::PosixDisk(), directory);
  if (read.ok()) watermarks = *read;
  const DataDirPrinter printer(directory, manifest, watermarks);
  if (output.json) {
    Print(output.data, printer.ToJson());
  } else {
    printer.Print(output.data);
  }
  // A directory that never flushed a row has none.
  return absl::IsNotFound(read.status()) ? absl::OkStatus() : read.status();
}

}  // namespace rowhouse::tools
