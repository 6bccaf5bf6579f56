#include "tests/integration/faults/shim_control.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace rowhouse::faults {

absl::StatusOr<std::unique_ptr<ShimControl>> ShimControl::Create(
    const std::string& path) {
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  void* mapped = MAP_FAILED;
  if (fd >= 0 && ::ftruncate(fd, sizeof(ShimPage)) == 0) {
    mapped = ::mmap(nullptr, sizeof(ShimPage), PROT_READ | PROT_WRITE,
                    MAP_SHARED, fd, 0);
  }
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (mapped == MAP_FAILED) {
    return absl::UnavailableError(
        absl::StrCat("page ", path, ": ", std::strerror(error)));
  }
  return std::unique_ptr<ShimControl>(
      new ShimControl(path, static_cast<ShimPage*>(mapped)));
}

ShimControl::~ShimControl() { ::munmap(page_, sizeof(ShimPage)); }

std::vector<std::string> ShimControl::Environment(
    const std::string& library) const {
  return {absl::StrCat("LD_PRELOAD=", library),
          absl::StrCat(kShimPageVariable, "=", path_),
          // A server with AddressSanitizer wants to be the first library.
          "ASAN_OPTIONS=verify_asan_link_order=0"};
}

void ShimControl::Arm(const Fault& fault) {
  Disarm();
  page_->calls = fault.calls;
  page_->kinds = fault.kinds;
  page_->error = static_cast<std::uint32_t>(fault.error);
  page_->delay_us =
      static_cast<std::uint64_t>(absl::ToInt64Microseconds(fault.delay));
  page_->skip = fault.skip;
  page_->times = fault.times;
  page_->seen = 0;
  page_->acted = 0;
  page_->act.store(static_cast<std::uint32_t>(fault.act),
                   std::memory_order_release);
}

void ShimControl::Disarm() {
  page_->act.store(static_cast<std::uint32_t>(Act::kNone));
}

void ShimControl::EndLies() { page_->given_up = 0; }

std::uint64_t ShimControl::acted() const { return page_->acted; }

FileKind ShimControl::acted_on() const {
  return static_cast<FileKind>(page_->acted_on.load());
}

std::uint64_t ShimControl::Count(Call call, FileKind kind) const {
  return page_
      ->counts[static_cast<std::size_t>(call)][static_cast<std::size_t>(kind)];
}

}  // namespace rowhouse::faults
