#include "storage/disk_reserve.h"

#include <utility>

#include "base/status_macros.h"

namespace rowhouse::storage {

DiskReserve::DiskReserve(Disk& disk, std::string path, std::uint64_t bytes)
    : disk_(disk), path_(std::move(path)), bytes_(bytes) {}

absl::Status DiskReserve::Hold() {
  if (held_) return absl::OkStatus();
  if (bytes_ > 0) {
    ROWHOUSE_RETURN_IF_ERROR(Release());
    ROWHOUSE_ASSIGN_OR_RETURN(file_, disk_.Create(path_));
    if (const absl::Status status = file_->Reserve(bytes_); !status.ok()) {
      Release().IgnoreError();  // nothing is held; the reason is that one
      return status;
    }
  }
  held_ = true;
  return absl::OkStatus();
}

absl::Status DiskReserve::Release() {
  held_ = false;
  file_.reset();
  const absl::Status status = disk_.Remove(path_);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace rowhouse::storage
