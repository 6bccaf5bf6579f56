#include "tools/dump_row.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/shard_map.h"
#include "storage/disk.h"
#include "storage/row_store.h"
#include "tools/row_mentions.h"
#include "tools/stored_manifest.h"

namespace rowhouse::tools {
namespace {

// A server may replace a file of its row store while it is being opened.
constexpr int kOpenTries = 3;

// A row and where it is looked for.
struct Place {
  storage::StoredTable table;
  BucketId bucket;
  Id id = 0;
};

struct Row {
  Lsn lsn;
  std::vector<float> values;                // weights, then slots
  std::optional<std::uint64_t> steps = {};  // that it contains, if it counts
};

absl::StatusOr<std::vector<storage::StoredTable>> TablesOf(
    const StoredManifest& manifest, const std::string& directory) {
  std::vector<storage::StoredTable> tables;
  if (const auto* data = std::get_if<storage::DataDirManifest>(&manifest)) {
    tables = data->tables;
  } else if (const auto* part =
                 std::get_if<storage::ShardManifest>(&manifest)) {
    for (const auto& table : part->tables) tables.push_back(table.table);
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        directory, " is a whole checkpoint: name one of its shard-... parts"));
  }
  return tables;
}

absl::StatusOr<Place> FindPlace(const StoredManifest& manifest,
                                const DumpRowVerb& verb) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto tables,
                            TablesOf(manifest, verb.directory));
  for (const storage::StoredTable& table : tables) {
    if (table.spec.name != verb.table) continue;
    const BucketFunction bucket(table.spec.name, table.spec.placement);
    return Place{table, bucket(verb.id), verb.id};
  }
  return absl::NotFoundError(absl::StrCat("no table '", verb.table, "' among ",
                                          tables.size(), " in ",
                                          verb.directory));
}

absl::StatusOr<std::unique_ptr<storage::RowStore>> OpenRows(
    const std::string& path) {
  for (int tries = 1;; ++tries) {
    auto rows = storage::OpenRocksDbRowStore({.path = path, .read_only = true});
    if (rows.ok() || tries == kOpenTries) return rows;
  }
}

// None when the row store does not have it.
absl::StatusOr<std::optional<Row>> ReadRow(const std::string& directory,
                                           const Place& place) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto rows,
                            OpenRows(absl::StrCat(directory, "/rows")));
  std::optional<Row> found;
  const std::uint32_t bucket = place.bucket.value();
  ROWHOUSE_RETURN_IF_ERROR(rows->Scan(
      place.table.incarnation, {bucket, bucket + 1},
      [&](const storage::RowImage& row) -> absl::Status {
        if (row.id == place.id) {
          found = Row{row.lsn, {row.values.begin(), row.values.end()}};
        }
        return absl::OkStatus();
      }));
  if (!found.has_value()) return found;
  const TableSpec& spec = place.table.spec;
  const bool counts_steps = MovesEveryRow(spec);
  const std::size_t floats = spec.dim + SlotFloats(spec);
  const std::size_t expected =
      floats + (counts_steps ? storage::kStepCountFloats : 0);
  if (found->values.size() != expected) {
    return absl::DataLossError(
        absl::StrCat("table '", spec.name, "', id ", place.id, ": a row of ",
                     found->values.size(), " floats, expected ", expected));
  }
  if (counts_steps) {
    std::memcpy(&found->steps.emplace(), &found->values[floats],
                sizeof(std::uint64_t));
    found->values.resize(floats);
  }
  return found;
}

Json ToJson(const Place& place, const std::optional<Row>& row,
            const std::vector<RowMention>* mentions) {
  Json json;
  json["table"] = place.table.spec.name;
  json["incarnation"] = NameText(place.table.incarnation.value());
  json["id"] = place.id;
  json["bucket"] = place.bucket.value();
  json["stored"] = row.has_value();
  if (row.has_value()) {
    const auto values = absl::MakeConstSpan(row->values);
    json["lsn"] = row->lsn.value();
    json["weights"] = FloatsToJson(values.first(place.table.spec.dim));
    json["slots"] = FloatsToJson(values.subspan(place.table.spec.dim));
    if (row->steps.has_value()) json["steps"] = *row->steps;
  }
  if (mentions == nullptr) return json;
  json["journal"] = Json::array();
  for (const RowMention& mention : *mentions) {
    json["journal"].push_back({{"lsn", mention.lsn.value()},
                               {"kind", mention.kind},
                               {"session", mention.session},
                               {"sequence", mention.sequence},
                               {"times", mention.times}});
  }
  return json;
}

void PrintText(const Place& place, const std::optional<Row>& row,
               const std::vector<RowMention>* mentions, std::ostream& out) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"table", place.table.spec.name},
      {"id", absl::StrCat(place.id)},
      {"bucket", absl::StrCat(place.bucket.value())},
      {"in row store", row.has_value() ? "yes" : "no"}};
  if (row.has_value()) {
    const auto values = absl::MakeConstSpan(row->values);
    const std::uint32_t dim = place.table.spec.dim;
    fields.insert(fields.end(), {{"LSN", absl::StrCat(row->lsn.value())},
                                 {"weights", FloatsText(values.first(dim))}});
    if (values.size() > dim) {
      fields.push_back({"slots", FloatsText(values.subspan(dim))});
    }
    if (row->steps.has_value()) {
      fields.push_back({"steps", absl::StrCat(*row->steps)});
    }
  }
  PrintFields(out, fields);
  if (mentions == nullptr || mentions->empty()) return;
  constexpr auto kRight = TextTable::Align::kRight;
  TextTable table({{"journal LSN", kRight},
                   {"kind"},
                   {"session", kRight},
                   {"sequence", kRight},
                   {"times", kRight}});
  for (const RowMention& mention : *mentions) {
    table.Add({absl::StrCat(mention.lsn.value()), mention.kind,
               absl::StrCat(mention.session), absl::StrCat(mention.sequence),
               absl::StrCat(mention.times)});
  }
  out << '\n';
  table.Print(out);
}

}  // namespace

absl::StatusOr<ExitCode> Run(const DumpRowVerb& verb, const Target& /*target*/,
                             const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(const StoredManifest manifest,
                            ReadStoredManifest(verb.directory));
  ROWHOUSE_ASSIGN_OR_RETURN(const Place place, FindPlace(manifest, verb));
  const bool journaled =
      std::holds_alternative<storage::DataDirManifest>(manifest);
  // The journal first: what a server moves from it to the row store between the
  // two is then seen twice, not never.
  std::vector<RowMention> mentions;
  const absl::Status journal =
      journaled ? ReadRowMentions(verb.directory, place.table.incarnation,
                                  place.id, mentions)
                : absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<Row> row,
                            ReadRow(verb.directory, place));
  const Lsn stored = row.has_value() ? row->lsn : Lsn();
  std::erase_if(mentions, [&](const RowMention& mention) {
    return mention.lsn <= stored;
  });
  if (!row.has_value() && mentions.empty()) {
    ROWHOUSE_RETURN_IF_ERROR(journal);
    return absl::NotFoundError(absl::StrCat("table '", verb.table, "', id ",
                                            verb.id, ": nothing is stored in ",
                                            verb.directory));
  }
  const auto* behind = journaled ? &mentions : nullptr;
  if (output.json) {
    Print(output.data, ToJson(place, row, behind));
  } else {
    PrintText(place, row, behind, output.data);
  }
  ROWHOUSE_RETURN_IF_ERROR(journal);
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
