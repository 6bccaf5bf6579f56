// A table and its steps in the messages of manifests.
#ifndef ROWHOUSE_STORAGE_STORED_TABLE_H_
#define ROWHOUSE_STORAGE_STORED_TABLE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/data_dir.h"

namespace rowhouse::storage::v1 {
class StoredTable;
class TableSteps;
}  // namespace rowhouse::storage::v1

namespace rowhouse::storage {

// Leaves the number of rows alone.
void EncodeStoredTable(const StoredTable& table, v1::StoredTable& message);

// DATA_LOSS naming `path`: no incarnation, or a spec that does not parse.
absl::StatusOr<StoredTable> DecodeStoredTable(const v1::StoredTable& message,
                                              absl::string_view path);

void EncodeSteps(const StoredSteps& steps, v1::TableSteps& message);

// DATA_LOSS naming `path`: not as many rates as iterations, or these do not
// rise.
absl::StatusOr<StoredSteps> DecodeSteps(const v1::TableSteps& message,
                                        absl::string_view path);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_STORED_TABLE_H_
