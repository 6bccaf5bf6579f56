#include "tools/table.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "storage/disk.h"

namespace rowhouse::tools {
namespace {

// Names and a few dozen numbers; anything larger is another file.
constexpr std::uint64_t kSpecBytesMax = 1u << 20;

Json ToJson(const TableSummary& table) {
  Json json;
  json["spec"] = SpecToJson(table.spec);
  json["incarnation"] = NameText(table.incarnation);
  json["rows_stored"] = table.rows_stored;
  json["memory_bytes"] = table.memory_bytes;
  json["last_step"] =
      table.last_step.has_value() ? Json(*table.last_step) : Json();
  return json;
}

std::string IdsText(std::uint64_t rows) {
  return rows == 0 ? "any" : absl::StrCat("below ", rows);
}

std::string ScalarText(const Json& spec, const char* key) {
  return spec.value(key, "");
}

// What stands around the optimizer; the spec has it where it is not as always.
std::string UpdateText(const Json& spec) {
  const auto update = spec.find("update");
  if (update == spec.end()) return "none";
  std::string text;
  for (const auto& item : update->items()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", item.key(), " ",
                    item.value().dump());
  }
  return text;
}

void PrintTables(const std::vector<TableSummary>& tables, std::ostream& out) {
  constexpr auto kRight = TextTable::Align::kRight;
  TextTable text({{"name"},
                  {"dim", kRight},
                  {"ids"},
                  {"optimizer"},
                  {"durability"},
                  {"placement"},
                  {"rows", kRight},
                  {"memory", kRight}});
  for (const TableSummary& table : tables) {
    const Json spec = SpecToJson(table.spec);
    text.Add({table.spec.name, absl::StrCat(table.spec.dim),
              IdsText(table.spec.rows),
              std::string(OptimizerName(table.spec.optimizer)),
              ScalarText(spec, "durability"), ScalarText(spec, "placement"),
              absl::StrCat(table.rows_stored), BytesText(table.memory_bytes)});
  }
  text.Print(out);
}

void PrintTable(const TableSummary& table, std::ostream& out) {
  const Json spec = SpecToJson(table.spec);
  PrintFields(out, {{"name", table.spec.name},
                    {"dim", absl::StrCat(table.spec.dim)},
                    {"ids", IdsText(table.spec.rows)},
                    {"seed", absl::StrCat(table.spec.seed)},
                    {"initializer", FieldsText(spec["initializer"])},
                    {"optimizer", FieldsText(spec["optimizer"])},
                    {"update", UpdateText(spec)},
                    {"nan policy", ScalarText(spec, "nan_policy")},
                    {"durability", ScalarText(spec, "durability")},
                    {"placement", ScalarText(spec, "placement")},
                    {"incarnation", NameText(table.incarnation)},
                    {"rows stored", absl::StrCat(table.rows_stored)},
                    {"memory", BytesText(table.memory_bytes)},
                    {"last step", table.last_step.has_value()
                                      ? absl::StrCat(*table.last_step)
                                      : "none"}});
}

absl::StatusOr<std::string> SpecText(absl::string_view argument) {
  if (!absl::ConsumePrefix(&argument, "@")) return std::string(argument);
  return storage::PosixDisk().Read(std::string(argument), kSpecBytesMax);
}

}  // namespace

absl::StatusOr<ExitCode> Run(const TableListVerb& /*verb*/,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<TableSummary> tables,
                            client.ListTables());
  if (!output.json) {
    PrintTables(tables, output.data);
    return ExitCode::kOk;
  }
  Json json;
  json["tables"] = Json::array();
  for (const TableSummary& table : tables) {
    json["tables"].push_back(ToJson(table));
  }
  Print(output.data, json);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const TableDescribeVerb& verb,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  ROWHOUSE_ASSIGN_OR_RETURN(const TableSummary table,
                            client.DescribeTable(verb.name));
  if (output.json) {
    Print(output.data, ToJson(table));
  } else {
    PrintTable(table, output.data);
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const TableCreateVerb& verb, const Target& target,
                             const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string text, SpecText(verb.spec));
  TableSpec spec;
  if (const absl::Status status = TableSpecFromJson(text, spec); !status.ok()) {
    output.talk << "rowhouse: " << status.message() << '\n';
    return ExitCode::kUsage;
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      Client client, Connect(target, kQuickTimeout, NewDirectory::kMake));
  const bool found = client.DescribeTable(spec.name).ok();
  ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(spec));
  output.talk << "table " << Printable(spec.name)
              << (found ? " was there, with this spec\n" : " is made\n");
  if (output.json) {
    ROWHOUSE_ASSIGN_OR_RETURN(const TableSummary table,
                              client.DescribeTable(spec.name));
    Print(output.data, ToJson(table));
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const TableDropVerb& verb, const Target& target,
                             const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  ROWHOUSE_RETURN_IF_ERROR(client.DropTable(verb.name));
  output.talk << "table " << Printable(verb.name) << " is gone\n";
  if (output.json) Print(output.data, Json{{"dropped", verb.name}});
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
