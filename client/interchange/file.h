// Files of other systems, read in pieces and written so that a name never
// stands for half a file.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_FILE_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rowhouse::interchange {

// An open file descriptor, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return fd_; }
  // Closes now; what close() says, or 0.
  int Close();

 private:
  int fd_;
};

// A regular file, open for reading. Const methods from any thread.
class InputFile {
 public:
  // NOT_FOUND when there is none, FAILED_PRECONDITION when it is no file, else
  // the code of the system's error.
  static absl::StatusOr<InputFile> Open(const std::string& path);

  const std::string& path() const { return path_; }
  // When it was opened.
  std::uint64_t size() const { return size_; }

  // OUT_OF_RANGE when the file ends before `offset` + `bytes`.
  absl::Status CheckRange(std::uint64_t offset, std::uint64_t bytes) const;

  // Fills `out` from `offset`. OUT_OF_RANGE, naming the file, offset and sizes,
  // when the file ends before.
  absl::Status Read(std::uint64_t offset, absl::Span<char> out) const;
  // The same for a buffer that is made only when the bytes are there.
  absl::Status Read(std::uint64_t offset, std::uint64_t bytes,
                    std::string& out) const;

 private:
  InputFile(std::string path, Descriptor descriptor, std::uint64_t size);

  std::string path_;
  Descriptor descriptor_;
  std::uint64_t size_;
};

// A file under a temporary name until Commit. Destroyed before: nothing stays.
// One thread at a time. Errors name the path; RESOURCE_EXHAUSTED: the disk is
// full. After an error only destruction makes sense.
class OutputFile {
 public:
  // Makes `path` + ".tempstate" + a number, new.
  static absl::StatusOr<OutputFile> Create(const std::string& path);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  const std::string& path() const { return path_; }

  // Gaps that are never written read as zeros.
  absl::Status WriteAt(std::uint64_t offset, absl::string_view bytes);
  // Makes the content durable, gives it its name (replacing what had it), and
  // makes the name durable.
  absl::Status Commit();

 private:
  OutputFile(std::string path, std::string temporary, Descriptor descriptor);

  std::string path_;
  std::string temporary_;  // empty: committed or moved from
  Descriptor descriptor_;
};

// `path` with `content`, through an OutputFile.
absl::Status WriteWholeFile(const std::string& path, absl::string_view content);

// True when `path` is a directory; false for anything else and for nothing.
bool IsDirectory(const std::string& path);

// Makes the directory and those above it that are not there, and syncs the
// names of the new ones.
absl::Status MakeDirectories(const std::string& path);

// `name` inside `directory`, or `name` itself when it is absolute.
std::string JoinPath(absl::string_view directory, absl::string_view name);

// The directory that holds `path`: "." for a bare name.
std::string DirectoryOf(absl::string_view path);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_FILE_H_
