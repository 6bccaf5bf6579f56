// The JSON form of a TableSpec: stored in data directories, printed by tools.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json_error.h"
#include "base/spec_json.h"
#include "base/status_macros.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {
namespace {

template <typename V>
void Fields(TableSpec& spec, V&& visit) {
  visit("name", spec.name);
  visit("dim", spec.dim);
  visit("rows", spec.rows);
  visit("seed", spec.seed);
  visit("initializer", spec.initializer);
  visit("optimizer", spec.optimizer);
  visit("update", spec.update);
  visit("nan_policy", spec.nan_policy);
  visit("durability", spec.durability);
  visit("placement", spec.placement);
}

}  // namespace

std::string TableSpecToJson(const TableSpec& spec) {
  SpecJson json;
  SpecWriter writer(json);
  TableSpec fields = spec;
  Fields(fields, writer);
  return json.dump(-1, ' ', false, SpecJson::error_handler_t::replace);
}

absl::Status TableSpecFromJson(absl::string_view text, TableSpec& spec) {
  const SpecJson json = SpecJson::parse(text.begin(), text.end(), nullptr,
                                        /*allow_exceptions=*/false);
  if (!json.is_object()) {
    const std::string error = JsonError(text);
    return absl::InvalidArgumentError(absl::StrCat(
        "table spec is not a JSON object", error.empty() ? "" : ": ", error));
  }
  TableSpec out;
  SpecReader reader(json, "table spec");
  Fields(out, reader);
  ROWHOUSE_RETURN_IF_ERROR(reader.Finish());
  ROWHOUSE_RETURN_IF_ERROR(Validate(out));
  spec = std::move(out);
  return absl::OkStatus();
}

}  // namespace rowhouse
