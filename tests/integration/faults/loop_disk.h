// A file system of its own on a loop device, whose power can be cut.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_LOOP_DISK_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_LOOP_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowhouse::faults {

// ext4. Thread-compatible.
class LoopDisk {
 public:
  // Makes DIRECTORY/disk.img of `bytes` and mounts it at DIRECTORY/disk.
  // UNIMPLEMENTED with the reason where the machine has no loop devices, no
  // mkfs.ext4, or gives no right to mount.
  static absl::StatusOr<std::unique_ptr<LoopDisk>> Make(
      const std::string& directory, std::uint64_t bytes);
  // Unmounts.
  ~LoopDisk();
  LoopDisk(const LoopDisk&) = delete;
  LoopDisk& operator=(const LoopDisk&) = delete;

  const std::string& path() const { return mount_point_; }

  // From here on nothing that was not synced reaches the disk, and every write
  // and sync fails: FS_IOC_SHUTDOWN, without flushing ext4's own log.
  // REQUIRES: who writes there stands still. A sync that is under way may say
  // that all is well and be wrong (seen in 3 of 150 cuts of a program that only
  // appends and syncs); where power is really cut, nobody lives to hear it.
  absl::Status CutPower();
  // After a cut, when nobody uses it any more: mounts what is on the disk.
  absl::Status Remount();

 private:
  LoopDisk(std::string image, std::string mount_point)
      : image_(std::move(image)), mount_point_(std::move(mount_point)) {}
  absl::Status Mount();
  absl::Status Unmount();

  const std::string image_;
  const std::string mount_point_;
  bool mounted_ = false;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_LOOP_DISK_H_
