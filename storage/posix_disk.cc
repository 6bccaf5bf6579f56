#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/disk.h"

namespace rowhouse::storage {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

absl::Status ErrnoStatus(int error, absl::string_view what,
                         absl::string_view path) {
  const std::string message = absl::StrCat(
      what, " ", path, ": ", std::generic_category().message(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EEXIST:
      return absl::AlreadyExistsError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// Of a place that must be there before anything can begin: an error that only
// somebody can mend is none to wait for.
absl::Status PlaceStatus(int error, absl::string_view what,
                         absl::string_view path) {
  const absl::Status status = ErrnoStatus(error, what, path);
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
      return absl::FailedPreconditionError(status.message());
    default:
      return status;
  }
}

// 0 or errno.
int Mkdir(const std::string& path) {
  return ::mkdir(path.c_str(), kDirectoryMode) == 0 ? 0 : errno;
}

// An open file descriptor, closed at the end.
class Descriptor {
 public:
  static absl::StatusOr<Descriptor> Open(const std::string& path, int flags) {
    // O_NONBLOCK: a FIFO in the way must not hang us.
    const int fd = ::open(
        path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kFileMode);
    if (fd < 0) return ErrnoStatus(errno, "open", path);
    return Descriptor(fd);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  explicit Descriptor(int fd) : fd_(fd) {}
  int fd_;
};

absl::StatusOr<Descriptor> OpenToRead(const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(Descriptor file, Descriptor::Open(path, O_RDONLY));
  struct stat info;
  if (::fstat(file.get(), &info) != 0) return ErrnoStatus(errno, "stat", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::UnavailableError(absl::StrCat(path, " is not a file"));
  }
  return file;
}

class PosixFile final : public WritableFile {
 public:
  PosixFile(std::string path, Descriptor file, std::uint64_t size)
      : path_(std::move(path)), file_(std::move(file)), size_(size) {}

  // Gives back what was reserved and not used. A failure costs space only.
  ~PosixFile() override {
    if (reserved_ > size_) {
      const int ignored = ::ftruncate(file_.get(), static_cast<off_t>(size_));
      static_cast<void>(ignored);
    }
  }

  absl::Status Append(
      absl::Span<const absl::Span<const char>> pieces) override {
    return WriteAt(size_, pieces);
  }

  absl::Status WriteAt(
      std::uint64_t offset,
      absl::Span<const absl::Span<const char>> pieces) override {
    std::vector<iovec> todo;
    todo.reserve(pieces.size());
    for (const absl::Span<const char> piece : pieces) {
      if (piece.empty()) continue;
      todo.push_back({const_cast<char*>(piece.data()), piece.size()});
    }
    std::size_t first = 0;
    while (first < todo.size()) {
      const std::size_t count =
          std::min<std::size_t>(todo.size() - first, IOV_MAX);
      const ssize_t wrote =
          ::pwritev(file_.get(), &todo[first], static_cast<int>(count),
                    static_cast<off_t>(offset));
      if (wrote < 0) {
        if (errno == EINTR) continue;
        return ErrnoStatus(errno, "write", path_);
      }
      offset += static_cast<std::uint64_t>(wrote);
      size_ = std::max(size_, offset);
      std::size_t left = static_cast<std::size_t>(wrote);
      while (first < todo.size() && left >= todo[first].iov_len) {
        left -= todo[first++].iov_len;
      }
      if (left > 0) {
        todo[first].iov_base = static_cast<char*>(todo[first].iov_base) + left;
        todo[first].iov_len -= left;
      }
    }
    return absl::OkStatus();
  }

  absl::Status Reserve(std::uint64_t bytes) override {
    if (::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, 0,
                    static_cast<off_t>(bytes)) == 0) {
      reserved_ = bytes;
      return absl::OkStatus();
    }
    if (errno != EOPNOTSUPP) return ErrnoStatus(errno, "reserve", path_);
    // A file system without reservations: what is free now is the best answer.
    struct statvfs info;
    if (::fstatvfs(file_.get(), &info) != 0) {
      return ErrnoStatus(errno, "statvfs", path_);
    }
    if (static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize < bytes) {
      return ErrnoStatus(ENOSPC, "reserve", path_);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    if (::fdatasync(file_.get()) != 0) {
      return ErrnoStatus(errno, "fdatasync", path_);
    }
    return absl::OkStatus();
  }

 private:
  const std::string path_;
  const Descriptor file_;
  std::uint64_t size_;
  std::uint64_t reserved_ = 0;
};

class PosixLock final : public DirectoryLock {
 public:
  explicit PosixLock(Descriptor file) : file_(std::move(file)) {}

 private:
  const Descriptor file_;  // closing it lets go
};

class PosixDiskOfMachine final : public Disk {
 public:
  absl::StatusOr<std::unique_ptr<WritableFile>> Create(
      const std::string& path) override {
    ROWHOUSE_ASSIGN_OR_RETURN(
        Descriptor file, Descriptor::Open(path, O_WRONLY | O_CREAT | O_EXCL));
    return std::make_unique<PosixFile>(path, std::move(file), /*size=*/0);
  }

  absl::StatusOr<std::unique_ptr<WritableFile>> OpenToOverwrite(
      const std::string& path) override {
    ROWHOUSE_ASSIGN_OR_RETURN(Descriptor file,
                              Descriptor::Open(path, O_WRONLY));
    struct stat info;
    if (::fstat(file.get(), &info) != 0) {
      return ErrnoStatus(errno, "stat", path);
    }
    if (!S_ISREG(info.st_mode)) {
      return absl::UnavailableError(absl::StrCat(path, " is not a file"));
    }
    return std::make_unique<PosixFile>(
        path, std::move(file), static_cast<std::uint64_t>(info.st_size));
  }

  absl::StatusOr<std::string> Read(const std::string& path,
                                   std::uint64_t bytes_max) override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info, Stat(path));
    if (info.bytes > bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, " has ", info.bytes, " bytes, at most ", bytes_max,
                       " are read"));
    }
    return ReadPiece(path, 0, static_cast<std::size_t>(info.bytes));
  }

  absl::StatusOr<std::string> ReadPiece(const std::string& path,
                                        std::uint64_t offset,
                                        std::size_t bytes) override {
    ROWHOUSE_ASSIGN_OR_RETURN(const Descriptor file, OpenToRead(path));
    std::string content(bytes, '\0');
    std::size_t done = 0;
    while (done < bytes) {
      const ssize_t got = ::pread(file.get(), &content[done], bytes - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0) {
        if (errno == EINTR) continue;
        return ErrnoStatus(errno, "read", path);
      }
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    content.resize(done);
    return content;
  }

  absl::StatusOr<FileInfo> Stat(const std::string& path) override {
    struct stat info;
    if (::lstat(path.c_str(), &info) != 0) {
      return ErrnoStatus(errno, "stat", path);
    }
    if (S_ISDIR(info.st_mode)) return FileInfo{.directory = true};
    if (!S_ISREG(info.st_mode)) {
      return absl::UnavailableError(
          absl::StrCat(path, " is neither a file nor a directory"));
    }
    return FileInfo{.bytes = static_cast<std::uint64_t>(info.st_size),
                    .links = static_cast<std::uint64_t>(info.st_nlink)};
  }

  absl::Status SyncFile(const std::string& path) override {
    ROWHOUSE_ASSIGN_OR_RETURN(const Descriptor file, OpenToRead(path));
    if (::fsync(file.get()) != 0) return ErrnoStatus(errno, "fsync", path);
    return absl::OkStatus();
  }

  absl::Status DropReservation(const std::string& path) override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info, Stat(path));
    ROWHOUSE_ASSIGN_OR_RETURN(const Descriptor file,
                              Descriptor::Open(path, O_WRONLY));
    // Cut to the size it has, a file keeps no block beyond it.
    if (::ftruncate(file.get(), static_cast<off_t>(info.bytes)) != 0) {
      return ErrnoStatus(errno, "truncate", path);
    }
    return absl::OkStatus();
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
    const int error = errno;
    const absl::Status status =
        ErrnoStatus(error, "rename", absl::StrCat(from, " to ", to));
    if (error != EXDEV) return status;
    return absl::UnimplementedError(status.message());
  }

  absl::Status Link(const std::string& from, const std::string& to) override {
    if (::link(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
    const std::string paths = absl::StrCat(from, " as ", to);
    const int error = errno;
    const absl::Status status = ErrnoStatus(error, "link", paths);
    if (error == EXDEV || error == EPERM || error == EOPNOTSUPP ||
        error == EMLINK) {
      return absl::UnimplementedError(status.message());
    }
    return status;
  }

  absl::Status Remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return ErrnoStatus(errno, "remove", path);
    return absl::OkStatus();
  }

  absl::Status RemoveAll(const std::string& path) override {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) return ErrnoStatus(error.value(), "remove", path);
    return absl::OkStatus();
  }

  absl::Status RemoveEmptyDirectory(const std::string& path) override {
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT || errno == ENOTEMPTY ||
        errno == EEXIST) {
      return absl::OkStatus();
    }
    return ErrnoStatus(errno, "remove", path);
  }

  absl::Status MakeDirectory(const std::string& path) override {
    int error = Mkdir(path);
    if (error == ENOENT && ParentDirectory(path) != path) {
      ROWHOUSE_RETURN_IF_ERROR(MakeDirectory(ParentDirectory(path)));
      // Once: there are places where no directory can be made although the
      // parent is there, such as /proc or a directory that was removed.
      error = Mkdir(path);
    }
    if (error == 0) return SyncDirectory(ParentDirectory(path));
    if (error != EEXIST) return PlaceStatus(error, "mkdir", path);
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is not a directory"));
  }

  absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) override {
    DIR* directory = ::opendir(path.c_str());
    if (directory == nullptr) return ErrnoStatus(errno, "list", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(directory)) {
      const absl::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    const int error = errno;
    ::closedir(directory);
    if (error != 0) return ErrnoStatus(error, "list", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::StatusOr<bool> Exists(const std::string& path) override {
    struct stat info;
    if (::lstat(path.c_str(), &info) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return ErrnoStatus(errno, "stat", path);
  }

  absl::Status SyncDirectory(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ErrnoStatus(errno, "open", path);
    const int error = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    if (error != 0) return ErrnoStatus(error, "fsync", path);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(
      const std::string& path) override {
    ROWHOUSE_ASSIGN_OR_RETURN(Descriptor file,
                              Descriptor::Open(path, O_RDWR | O_CREAT));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) {
        return absl::FailedPreconditionError(
            absl::StrCat(path, " is held by another process or shard"));
      }
      return ErrnoStatus(errno, "lock", path);
    }
    return std::make_unique<PosixLock>(std::move(file));
  }
};

}  // namespace

Disk& PosixDisk() {
  static PosixDiskOfMachine* const disk = new PosixDiskOfMachine;
  return *disk;
}

}  // namespace rowhouse::storage
