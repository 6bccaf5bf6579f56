#include "client/interchange/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::interchange {
namespace {

// Others may read what is made for other systems, as far as the umask allows.
constexpr mode_t kFileMode = 0666;
constexpr mode_t kDirectoryMode = 0777;
// One system call writes or reads no more than this (Linux: 2^31 - 4096).
constexpr std::size_t kCallBytesMax = 1u << 30;
// Files of one name that may be in the making at a time.
constexpr int kTemporaryNamesMax = 1000;

absl::Status Error(int error, absl::string_view what, absl::string_view path) {
  return absl::ErrnoToStatus(error, absl::StrCat(what, " ", path));
}

absl::Status SyncDirectory(const std::string& path) {
  const Descriptor directory(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return Error(errno, "open", path);
  if (::fsync(directory.get()) != 0) return Error(errno, "sync", path);
  return absl::OkStatus();
}

}  // namespace

Descriptor::~Descriptor() { Close(); }

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

int Descriptor::Close() {
  if (fd_ < 0) return 0;
  return ::close(std::exchange(fd_, -1));
}

InputFile::InputFile(std::string path, Descriptor descriptor,
                     std::uint64_t size)
    : path_(std::move(path)), descriptor_(std::move(descriptor)), size_(size) {}

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  // O_NONBLOCK: a FIFO in the way must not hang us.
  Descriptor descriptor(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.get() < 0) return Error(errno, "open", path);
  struct stat info;
  if (::fstat(descriptor.get(), &info) != 0) return Error(errno, "stat", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a file"));
  }
  return InputFile(path, std::move(descriptor),
                   static_cast<std::uint64_t>(info.st_size));
}

absl::Status InputFile::CheckRange(std::uint64_t offset,
                                   std::uint64_t bytes) const {
  if (offset <= size_ && bytes <= size_ - offset) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat(path_, ": ", bytes,
                                            " bytes at offset ", offset,
                                            " of a file of ", size_));
}

absl::Status InputFile::Read(std::uint64_t offset, absl::Span<char> out) const {
  ROWHOUSE_RETURN_IF_ERROR(CheckRange(offset, out.size()));
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor_.get(), out.data(),
                                std::min(out.size(), kCallBytesMax),
                                static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error(errno, "read", path_);
    if (got == 0) {
      return absl::OutOfRangeError(absl::StrCat(path_, " ended at offset ",
                                                offset, " while it was read"));
    }
    offset += static_cast<std::uint64_t>(got);
    out.remove_prefix(static_cast<std::size_t>(got));
  }
  return absl::OkStatus();
}

absl::Status InputFile::Read(std::uint64_t offset, std::uint64_t bytes,
                             std::string& out) const {
  ROWHOUSE_RETURN_IF_ERROR(CheckRange(offset, bytes));
  out.resize(bytes);
  return Read(offset, absl::MakeSpan(out));
}

OutputFile::OutputFile(std::string path, std::string temporary,
                       Descriptor descriptor)
    : path_(std::move(path)),
      temporary_(std::move(temporary)),
      descriptor_(std::move(descriptor)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, "")),
      descriptor_(std::move(other.descriptor_)) {}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  for (int i = 0; i < kTemporaryNamesMax; ++i) {
    std::string temporary = absl::StrCat(path, ".tempstate", i);
    Descriptor descriptor(::open(
        temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
    if (descriptor.get() >= 0) {
      return OutputFile(path, std::move(temporary), std::move(descriptor));
    }
    if (errno != EEXIST) return Error(errno, "create", temporary);
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      path, ": ", kTemporaryNamesMax,
      " files of that name are unfinished; remove ", path, ".tempstate*"));
}

absl::Status OutputFile::WriteAt(std::uint64_t offset,
                                 absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(descriptor_.get(), bytes.data(),
                                 std::min(bytes.size(), kCallBytesMax),
                                 static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Error(errno, "write", temporary_);
    offset += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Commit() {
  if (::fsync(descriptor_.get()) != 0) return Error(errno, "sync", temporary_);
  if (descriptor_.Close() != 0) return Error(errno, "close", temporary_);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return Error(errno, "rename to", path_);
  }
  temporary_.clear();
  return SyncDirectory(DirectoryOf(path_));
}

absl::Status WriteWholeFile(const std::string& path,
                            absl::string_view content) {
  ROWHOUSE_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  ROWHOUSE_RETURN_IF_ERROR(file.WriteAt(0, content));
  return file.Commit();
}

bool IsDirectory(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

absl::Status MakeDirectories(const std::string& path) {
  for (std::size_t end = 0; end != path.npos;) {
    end = path.find('/', end + 1);
    const std::string directory = path.substr(0, end);
    if (IsDirectory(directory)) continue;
    // Somebody else may make it meanwhile.
    if (::mkdir(directory.c_str(), kDirectoryMode) != 0 &&
        !(errno == EEXIST && IsDirectory(directory))) {
      return Error(errno, "make directory", directory);
    }
    ROWHOUSE_RETURN_IF_ERROR(SyncDirectory(DirectoryOf(directory)));
  }
  return absl::OkStatus();
}

std::string JoinPath(absl::string_view directory, absl::string_view name) {
  if (directory.empty() || absl::StartsWith(name, "/")) {
    return std::string(name);
  }
  return absl::StrCat(directory, absl::EndsWith(directory, "/") ? "" : "/",
                      name);
}

std::string DirectoryOf(absl::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

}  // namespace rowhouse::interchange
