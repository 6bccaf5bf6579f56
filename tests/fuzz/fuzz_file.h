// A file for what a fuzz target reads from files.
#ifndef ROWHOUSE_TESTS_FUZZ_FUZZ_FILE_H_
#define ROWHOUSE_TESTS_FUZZ_FUZZ_FILE_H_

#include <fstream>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {

// The path of `name` in a directory that lives as long as the process, with
// `bytes` as its content.
inline std::string FuzzFile(absl::string_view name, absl::string_view bytes) {
  static const TempDir dir;
  const std::string path = dir.File(name);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_FUZZ_FUZZ_FILE_H_
