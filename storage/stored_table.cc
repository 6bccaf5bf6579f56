#include "storage/stored_table.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/row_codec.h"

namespace rowhouse::storage {

void EncodeStoredTable(const StoredTable& table, v1::StoredTable& message) {
  message.set_incarnation(table.incarnation.value());
  message.set_spec_json(TableSpecToJson(table.spec));
}

absl::StatusOr<StoredTable> DecodeStoredTable(const v1::StoredTable& message,
                                              absl::string_view path) {
  StoredTable table{.incarnation = TableIncarnation(message.incarnation())};
  if (table.incarnation == TableIncarnation()) {
    return absl::DataLossError(
        absl::StrCat(path, ": a table without incarnation"));
  }
  const absl::Status parsed =
      TableSpecFromJson(message.spec_json(), table.spec);
  if (!parsed.ok()) {
    return absl::DataLossError(absl::StrCat(
        path, ": table ", TableKey(table.incarnation), ": ", parsed.message()));
  }
  return table;
}

absl::Status DistinctTables::Add(const StoredTable& table) {
  const std::string& name = table.spec.name;
  const auto [same_name, new_name] = by_name_.emplace(name, table.incarnation);
  if (!new_name) {
    return absl::DataLossError(absl::StrCat(
        path_, ": tables ", TableKey(same_name->second), " and ",
        TableKey(table.incarnation), " are both called '", name, "'"));
  }
  const auto [same, new_incarnation] =
      by_incarnation_.emplace(table.incarnation, name);
  if (!new_incarnation) {
    return absl::DataLossError(absl::StrCat(path_, ": tables '", same->second,
                                            "' and '", name, "' are both ",
                                            TableKey(table.incarnation)));
  }
  return absl::OkStatus();
}

void EncodeSteps(const StoredSteps& steps, v1::TableSteps& message) {
  message.set_first(steps.first);
  message.mutable_learning_rates()->Add(steps.learning_rates.begin(),
                                        steps.learning_rates.end());
  message.mutable_iterations()->Add(steps.iterations.begin(),
                                    steps.iterations.end());
  message.set_owner(steps.owner);
}

absl::StatusOr<StoredSteps> DecodeSteps(const v1::TableSteps& message,
                                        absl::string_view path) {
  StoredSteps steps{
      .first = message.first(),
      .learning_rates = {message.learning_rates().begin(),
                         message.learning_rates().end()},
      .iterations = {message.iterations().begin(), message.iterations().end()},
      .owner = message.owner()};
  if (steps.learning_rates.size() != steps.iterations.size()) {
    return absl::DataLossError(
        absl::StrCat(path, ": ", steps.learning_rates.size(), " rates of ",
                     steps.iterations.size(), " steps"));
  }
  if (std::adjacent_find(steps.iterations.begin(), steps.iterations.end(),
                         std::greater_equal<>()) != steps.iterations.end()) {
    return absl::DataLossError(
        absl::StrCat(path, ": steps of a table out of order"));
  }
  return steps;
}

}  // namespace rowhouse::storage
