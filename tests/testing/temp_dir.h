// A directory for one test, removed with everything in it at the end.
#ifndef ROWHOUSE_TESTS_TESTING_TEMP_DIR_H_
#define ROWHOUSE_TESTS_TESTING_TEMP_DIR_H_

#include <stdlib.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rowhouse {

// Below the system's place for temporary files, with a name of its own for
// every object, so that tests may run at the same time. Usable outside
// GoogleTest too (benchmarks, fault runs): what cannot work ends the process
// with the reason.
class TempDir {
 public:
  TempDir()
      : path_(absl::StrCat(std::filesystem::temp_directory_path().string(),
                           "/rowhouse-XXXXXX")) {
    if (::mkdtemp(path_.data()) == nullptr) {
      std::fprintf(stderr, "mkdtemp %s: %s\n", path_.c_str(),
                   std::strerror(errno));
      std::abort();
    }
  }
  ~TempDir() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    if (error) {
      std::fprintf(stderr, "removing %s: %s\n", path_.c_str(),
                   error.message().c_str());
    }
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

  // The path of `name` inside; nothing is made there.
  std::string File(absl::string_view name) const {
    return absl::StrCat(path_, "/", name);
  }

 private:
  std::string path_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_TESTING_TEMP_DIR_H_
