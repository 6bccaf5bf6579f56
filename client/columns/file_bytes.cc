#include "client/columns/file_bytes.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rowhouse::internal {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

class FileBytes final : public ByteSource {
 public:
  FileBytes(std::string path, File file)
      : path_(std::move(path)), file_(std::move(file)) {}

  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    errno = 0;
    const std::size_t read = std::fread(out.data(), 1, out.size(), file_.get());
    if (read == 0 && std::ferror(file_.get()) != 0) {
      return absl::ErrnoToStatus(errno, path_);
    }
    return read;
  }

 private:
  std::string path_;
  File file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  // Before it is opened, which waits for a FIFO's other end.
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return absl::ErrnoToStatus(errno, path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a file"));
  }
  File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return absl::ErrnoToStatus(errno, path);
  return std::make_unique<FileBytes>(path, std::move(file));
}

}  // namespace rowhouse::internal
