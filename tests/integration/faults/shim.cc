// The shim: a shared object that LD_PRELOAD puts between a server and the
// kernel's calls to the file system, so that what is tested is the binary that
// is shipped. What happens, and at which call, its page says (shim_page.h).
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <ctime>

#include "tests/integration/faults/shim_page.h"

namespace rowhouse::faults {
namespace {

ShimPage* page = nullptr;

constexpr std::size_t kPathBytes = 4096;

// Before main(), while there is one thread. (`environ` and no more: settings
// are the server's own affair.)
__attribute__((constructor)) void OpenPage() {
  const std::size_t length = std::strlen(kShimPageVariable);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, kShimPageVariable, length) != 0 ||
        (*entry)[length] != '=') {
      continue;
    }
    const long fd = syscall(SYS_openat, AT_FDCWD, *entry + length + 1,
                            O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) return;
    void* const mapped = mmap(nullptr, sizeof(ShimPage), PROT_READ | PROT_WRITE,
                              MAP_SHARED, static_cast<int>(fd), 0);
    syscall(SYS_close, fd);
    if (mapped != MAP_FAILED) page = static_cast<ShimPage*>(mapped);
    return;
  }
}

void PathOf(int fd, char (&path)[kPathBytes]) {
  char link[32] = "/proc/self/fd/";
  char digits[16];
  std::size_t count = 0;
  for (unsigned rest = static_cast<unsigned>(fd); count == 0 || rest != 0;
       rest /= 10) {
    digits[count++] = static_cast<char>('0' + rest % 10);
  }
  std::size_t end = std::strlen(link);
  while (count > 0) link[end++] = digits[--count];
  link[end] = '\0';
  const long size = syscall(SYS_readlink, link, path, sizeof(path) - 1);
  path[size > 0 ? size : 0] = '\0';
}

FileKind KindOfFile(int fd) {
  if (page == nullptr) return FileKind::kOther;
  const int saved = errno;
  char path[kPathBytes];
  PathOf(fd, path);
  errno = saved;
  return KindOf(path);
}

FileKind KindOfPath(const char* path) {
  return page == nullptr ? FileKind::kOther : KindOf(path);
}

// A path below an open directory, as std::filesystem::remove_all has it.
FileKind KindBelow(int directory, const char* path) {
  if (page == nullptr) return FileKind::kOther;
  if (path[0] == '/' || directory == AT_FDCWD) return KindOf(path);
  char whole[kPathBytes];
  PathOf(directory, whole);
  const std::size_t length = std::strlen(whole);
  if (length + 1 + std::strlen(path) >= sizeof(whole)) return FileKind::kOther;
  whole[length] = '/';
  std::strcpy(whole + length + 1, path);
  return KindOf(whole);
}

// As a kill -9 from outside, and nothing of this thread comes after it.
[[noreturn]] void Die() {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  while (true) syscall(SYS_pause);
}

void Wait(std::uint64_t microseconds) {
  timespec left = {static_cast<time_t>(microseconds / 1'000'000),
                   static_cast<long>(microseconds % 1'000'000) * 1'000};
  while (syscall(SYS_nanosleep, &left, &left) != 0 && errno == EINTR) {
  }
}

// What is to happen at this call.
Act ActOn(Call call, FileKind kind) {
  if (page == nullptr || kind == FileKind::kOther) return Act::kNone;
  page->counts[static_cast<std::size_t>(call)][static_cast<std::size_t>(kind)]
      .fetch_add(1, std::memory_order_relaxed);
  const auto act = static_cast<Act>(page->act.load(std::memory_order_acquire));
  if (act == Act::kNone || (page->calls & Bit(call)) == 0 ||
      (page->kinds & Bit(kind)) == 0) {
    return Act::kNone;
  }
  const std::uint64_t place = page->seen.fetch_add(1);
  if (place < page->skip || place - page->skip >= page->times) {
    return Act::kNone;
  }
  page->acted_on = static_cast<std::uint32_t>(kind);
  page->acted.fetch_add(1);
  return act;
}

// Makes the call, or what happens instead. `half` makes half of it.
template <typename Real, typename Half>
long Around(Call call, FileKind kind, Real real, Half half) {
  switch (ActOn(call, kind)) {
    case Act::kNone:
      return real();
    case Act::kKillBefore:
      Die();
    case Act::kKillHalfway:
      half();
      Die();
    case Act::kKillAfter:
      real();
      Die();
    case Act::kFail:
      errno = static_cast<int>(page->error);
      return -1;
    case Act::kDelay:
      Wait(page->delay_us);
      return real();
  }
  return real();
}

template <typename Real>
long Around(Call call, FileKind kind, Real real) {
  return Around(call, kind, real, [] {});
}

// 0: none, or no file.
std::uint64_t InodeOf(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? info.st_ino : 0;
}

bool IsGivenUp(int fd) {
  return page != nullptr && page->given_up != 0 &&
         page->given_up == InodeOf(fd);
}

long Sync(int fd, long call) {
  if (IsGivenUp(fd)) return 0;
  const long result =
      Around(Call::kSync, KindOfFile(fd), [&] { return syscall(call, fd); });
  if (result != 0 && page != nullptr) {
    const int saved = errno;
    page->given_up = InodeOf(fd);
    errno = saved;
  }
  return result;
}

void BeforeWrite(int fd) {
  if (IsGivenUp(fd)) page->given_up = 0;
}

long Open(int directory, const char* path, int flags, mode_t mode) {
  const auto real = [&] {
    return syscall(SYS_openat, directory, path, flags, mode);
  };
  if ((flags & O_CREAT) == 0) return real();
  return Around(Call::kCreate, KindBelow(directory, path), real);
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

// Half of the bytes of some pieces, by plain writes.
void WriteHalf(int fd, const iovec* pieces, int count) {
  std::size_t left = 0;
  for (int i = 0; i < count; ++i) left += pieces[i].iov_len;
  left /= 2;
  for (int i = 0; i < count && left > 0; ++i) {
    const std::size_t size =
        pieces[i].iov_len < left ? pieces[i].iov_len : left;
    syscall(SYS_write, fd, pieces[i].iov_base, size);
    left -= size;
  }
}

void WriteHalfAt(int fd, const iovec* pieces, int count, off_t offset) {
  syscall(SYS_lseek, fd, offset, SEEK_SET);  // nobody writes there afterwards
  WriteHalf(fd, pieces, count);
}

}  // namespace
}  // namespace rowhouse::faults

using rowhouse::faults::Around;
using rowhouse::faults::Call;
using rowhouse::faults::KindBelow;
using rowhouse::faults::KindOfFile;
using rowhouse::faults::KindOfPath;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = rowhouse::faults::ModeOf(flags, arguments);
  va_end(arguments);
  return static_cast<int>(rowhouse::faults::Open(AT_FDCWD, path, flags, mode));
}

int openat(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = rowhouse::faults::ModeOf(flags, arguments);
  va_end(arguments);
  return static_cast<int>(rowhouse::faults::Open(directory, path, flags, mode));
}

ssize_t write(int fd, const void* bytes, size_t size) {
  rowhouse::faults::BeforeWrite(fd);
  return Around(
      Call::kWrite, KindOfFile(fd),
      [&] { return syscall(SYS_write, fd, bytes, size); },
      [&] { syscall(SYS_write, fd, bytes, size / 2); });
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  rowhouse::faults::BeforeWrite(fd);
  return Around(
      Call::kWrite, KindOfFile(fd),
      [&] { return syscall(SYS_pwrite64, fd, bytes, size, offset); },
      [&] { syscall(SYS_pwrite64, fd, bytes, size / 2, offset); });
}

ssize_t pwritev(int fd, const iovec* pieces, int count, off_t offset) {
  rowhouse::faults::BeforeWrite(fd);
  return Around(
      Call::kWrite, KindOfFile(fd),
      [&] { return syscall(SYS_pwritev, fd, pieces, count, offset, 0); },
      [&] { rowhouse::faults::WriteHalfAt(fd, pieces, count, offset); });
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  rowhouse::faults::BeforeWrite(fd);
  return Around(
      Call::kWrite, KindOfFile(fd),
      [&] { return syscall(SYS_writev, fd, pieces, count); },
      [&] { rowhouse::faults::WriteHalf(fd, pieces, count); });
}

int fsync(int fd) {
  return static_cast<int>(rowhouse::faults::Sync(fd, SYS_fsync));
}

int fdatasync(int fd) {
  return static_cast<int>(rowhouse::faults::Sync(fd, SYS_fdatasync));
}

int rename(const char* from, const char* to) {
  return static_cast<int>(Around(Call::kRename, KindOfPath(to), [&] {
    return syscall(SYS_rename, from, to);
  }));
}

int link(const char* from, const char* to) {
  return static_cast<int>(Around(Call::kLink, KindOfPath(to),
                                 [&] { return syscall(SYS_link, from, to); }));
}

int unlink(const char* path) {
  return static_cast<int>(Around(Call::kRemove, KindOfPath(path),
                                 [&] { return syscall(SYS_unlink, path); }));
}

int unlinkat(int directory, const char* path, int flags) {
  return static_cast<int>(
      Around(Call::kRemove, KindBelow(directory, path),
             [&] { return syscall(SYS_unlinkat, directory, path, flags); }));
}

int ftruncate(int fd, off_t size) {
  return static_cast<int>(Around(Call::kTruncate, KindOfFile(fd), [&] {
    return syscall(SYS_ftruncate, fd, size);
  }));
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
  return static_cast<int>(Around(Call::kReserve, KindOfFile(fd), [&] {
    return syscall(SYS_fallocate, fd, mode, offset, size);
  }));
}

}  // extern "C"
