#include "storage/stored_table.h"

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

}  // namespace rowhouse::storage
