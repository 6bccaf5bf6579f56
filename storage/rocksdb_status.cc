#include "storage/rocksdb_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "rocksdb/status.h"

namespace rowhouse::storage {
namespace {

absl::StatusCode CodeOf(const rocksdb::Status& status) {
  using rocksdb::Status;
  switch (status.code()) {
    case Status::kOk:
      return absl::StatusCode::kOk;
    case Status::kNotFound:
    case Status::kColumnFamilyDropped:
      return absl::StatusCode::kNotFound;
    case Status::kCorruption:
      return absl::StatusCode::kDataLoss;
    case Status::kInvalidArgument:
    case Status::kNotSupported:
      return absl::StatusCode::kInternal;
    case Status::kIOError:
      if (status.IsNoSpace() || status.subcode() == Status::kSpaceLimit) {
        return absl::StatusCode::kResourceExhausted;
      }
      // A file that the database's own list of files names is not there.
      if (status.subcode() == Status::kPathNotFound) {
        return absl::StatusCode::kDataLoss;
      }
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status,
                         absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(CodeOf(status),
                      absl::StrCat(what, ": ", status.ToString()));
}

}  // namespace rowhouse::storage
