#include "tools/row.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"

namespace rowhouse::tools {
namespace {

absl::Span<const float> WeightsOf(const Rows& rows, std::size_t i) {
  return absl::MakeConstSpan(rows.weights).subspan(i * rows.dim, rows.dim);
}

absl::Span<const float> SlotsOf(const Rows& rows, std::size_t i) {
  return absl::MakeConstSpan(rows.slots)
      .subspan(i * rows.slot_floats, rows.slot_floats);
}

Json ToJson(const RowGetVerb& verb, const Rows& rows) {
  Json json;
  json["table"] = verb.table;
  json["dim"] = rows.dim;
  json["slot_floats"] = rows.slot_floats;
  json["rows"] = Json::array();
  for (std::size_t i = 0; i < verb.ids.size(); ++i) {
    Json row;
    row["id"] = verb.ids[i];
    row["stored"] = rows.stored[i] != 0;
    row["lsn"] = rows.lsns[i];
    row["weights"] = FloatsToJson(WeightsOf(rows, i));
    row["slots"] = FloatsToJson(SlotsOf(rows, i));
    json["rows"].push_back(std::move(row));
  }
  return json;
}

void PrintRows(const RowGetVerb& verb, const Rows& rows, std::ostream& out) {
  constexpr auto kRight = TextTable::Align::kRight;
  TextTable table(
      {{"id", kRight}, {"stored"}, {"LSN", kRight}, {"weights"}, {"slots"}});
  for (std::size_t i = 0; i < verb.ids.size(); ++i) {
    table.Add({absl::StrCat(verb.ids[i]), rows.stored[i] != 0 ? "yes" : "no",
               absl::StrCat(rows.lsns[i]), FloatsText(WeightsOf(rows, i)),
               rows.slot_floats == 0 ? "-" : FloatsText(SlotsOf(rows, i))});
  }
  table.Print(out);
}

}  // namespace

absl::StatusOr<ExitCode> Run(const RowGetVerb& verb, const Target& target,
                             const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows,
                            client.ReadRows(verb.table, verb.ids));
  if (output.json) {
    Print(output.data, ToJson(verb, rows));
  } else {
    PrintRows(verb, rows, output.data);
  }
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
