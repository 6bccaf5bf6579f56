// A row store in memory over any Disk: every Flush writes the whole table to a
// file, so what a crash leaves is what the Disk leaves. For tests and the
// simulator.
#ifndef ROWHOUSE_STORAGE_MEM_ROW_STORE_H_
#define ROWHOUSE_STORAGE_MEM_ROW_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/disk.h"
#include "storage/row_store.h"

namespace rowhouse::storage {

// `disk` must outlive it. With `read_only` nothing in `path` is changed and
// every change is FAILED_PRECONDITION.
absl::StatusOr<std::unique_ptr<RowStore>> OpenMemRowStore(
    Disk& disk, const std::string& path, bool read_only);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_MEM_ROW_STORE_H_
