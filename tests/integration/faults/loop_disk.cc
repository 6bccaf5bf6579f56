#include "tests/integration/faults/loop_disk.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "tests/integration/faults/command.h"

namespace rowhouse::faults {
namespace {

// linux/fs.h of Debian 12 does not name it yet.
constexpr unsigned long kShutdownIoctl = 0x8004587d;
constexpr std::uint32_t kNoLogFlush = 2;

// A process that was killed lets go of its files a moment later.
constexpr absl::Duration kUnmountPatience = absl::Seconds(10);

absl::Status Failed(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

absl::Status MakeImage(const std::string& path, std::uint64_t bytes) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Failed(path);
  const bool sized = ::ftruncate(fd, static_cast<off_t>(bytes)) == 0;
  ::close(fd);
  return sized ? absl::OkStatus() : Failed(path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LoopDisk>> LoopDisk::Make(
    const std::string& directory, std::uint64_t bytes) {
  std::unique_ptr<LoopDisk> disk(new LoopDisk(
      absl::StrCat(directory, "/disk.img"), absl::StrCat(directory, "/disk")));
  ROWHOUSE_RETURN_IF_ERROR(MakeImage(disk->image_, bytes));
  ROWHOUSE_RETURN_IF_ERROR(RunCommand({"mkfs.ext4", "-q", "-F", disk->image_}));
  if (::mkdir(disk->mount_point_.c_str(), 0700) != 0) {
    return Failed(disk->mount_point_);
  }
  ROWHOUSE_RETURN_IF_ERROR(disk->Mount());
  return disk;
}

LoopDisk::~LoopDisk() { Unmount().IgnoreError(); }

absl::Status LoopDisk::Mount() {
  ROWHOUSE_RETURN_IF_ERROR(
      RunCommand({"mount", "-o", "loop", image_, mount_point_}));
  mounted_ = true;
  return absl::OkStatus();
}

absl::Status LoopDisk::Unmount() {
  if (!mounted_) return absl::OkStatus();
  const absl::Time deadline = absl::Now() + kUnmountPatience;
  while (::umount2(mount_point_.c_str(), 0) != 0) {
    if (errno != EBUSY || absl::Now() > deadline) {
      return Failed(absl::StrCat("umount ", mount_point_));
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  mounted_ = false;
  return absl::OkStatus();
}

absl::Status LoopDisk::CutPower() {
  const int fd = ::open(mount_point_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Failed(mount_point_);
  std::uint32_t flag = kNoLogFlush;
  const bool cut = ::ioctl(fd, kShutdownIoctl, &flag) == 0;
  const absl::Status status =
      cut ? absl::OkStatus() : Failed("FS_IOC_SHUTDOWN");
  ::close(fd);
  return status;
}

absl::Status LoopDisk::Remount() {
  ROWHOUSE_RETURN_IF_ERROR(Unmount());
  return Mount();
}

}  // namespace rowhouse::faults
