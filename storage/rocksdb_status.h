// RocksDB's status as ours.
#ifndef ROWHOUSE_STORAGE_ROCKSDB_STATUS_H_
#define ROWHOUSE_STORAGE_ROCKSDB_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rocksdb {
class Status;
}  // namespace rocksdb

namespace rowhouse::storage {

// Corruption and missing files are DATA_LOSS, a full disk or quota
// RESOURCE_EXHAUSTED, NotFound NOT_FOUND, misuse by us INTERNAL, the rest
// UNAVAILABLE. The message is "WHAT: RocksDB's words".
absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view what);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_ROCKSDB_STATUS_H_
