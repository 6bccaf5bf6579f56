// A table and its steps in the messages of manifests.
#ifndef ROWHOUSE_STORAGE_STORED_TABLE_H_
#define ROWHOUSE_STORAGE_STORED_TABLE_H_

#include <map>
#include <string>

#include "absl/status/status.h"
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

// The tables of one manifest, as they are read: two of one name or of one
// incarnation would be taken for one.
class DistinctTables {
 public:
  // Of the manifest, for messages.
  explicit DistinctTables(absl::string_view path) : path_(path) {}

  // DATA_LOSS naming both tables.
  absl::Status Add(const StoredTable& table);

 private:
  const std::string path_;
  std::map<std::string, TableIncarnation> by_name_;
  std::map<TableIncarnation, std::string> by_incarnation_;
};

void EncodeSteps(const StoredSteps& steps, v1::TableSteps& message);

// DATA_LOSS naming `path`: not as many rates as iterations, or these do not
// rise.
absl::StatusOr<StoredSteps> DecodeSteps(const v1::TableSteps& message,
                                        absl::string_view path);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_STORED_TABLE_H_
