// A directory for one test, removed with everything in it at the end.
#ifndef ROWHOUSE_TESTS_TESTING_TEMP_DIR_H_
#define ROWHOUSE_TESTS_TESTING_TEMP_DIR_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rowhouse {

// Below ::testing::TempDir(), with a name of its own for every object, so that
// tests may run at the same time.
class TempDir {
 public:
  TempDir() : path_(absl::StrCat(::testing::TempDir(), "/rowhouse-XXXXXX")) {
    if (::mkdtemp(path_.data()) == nullptr) {
      ADD_FAILURE() << "mkdtemp " << path_ << ": " << std::strerror(errno);
      path_.clear();
    }
  }
  ~TempDir() {
    if (path_.empty()) return;
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    EXPECT_FALSE(error) << "removing " << path_ << ": " << error.message();
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
