// Disk space that a shard holds back for itself: released when the disk is full
// and when it starts, so that what makes room can run.
#ifndef ROWHOUSE_STORAGE_DISK_RESERVE_H_
#define ROWHOUSE_STORAGE_DISK_RESERVE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// Not thread-safe. A killed process leaves the space held, which Release of the
// next one gives back.
class DiskReserve {
 public:
  // `bytes` of 0 hold nothing and always succeed.
  DiskReserve(Disk& disk, std::string path, std::uint64_t bytes);
  DiskReserve(const DiskReserve&) = delete;
  DiskReserve& operator=(const DiskReserve&) = delete;

  // RESOURCE_EXHAUSTED: there is not so much room. Other errors of Disk.
  absl::Status Hold();
  // Gives the space back, a former process's too.
  absl::Status Release();

  bool held() const { return held_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Disk& disk_;
  const std::string path_;
  const std::uint64_t bytes_;
  bool held_ = false;
  std::unique_ptr<WritableFile> file_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_DISK_RESERVE_H_
