// Checkpoints that TensorFlow wrote (tests/golden/data/), and copies of them to
// damage.
#ifndef ROWHOUSE_TESTS_CLIENT_INTERCHANGE_RECORDED_CHECKPOINTS_H_
#define ROWHOUSE_TESTS_CLIENT_INTERCHANGE_RECORDED_CHECKPOINTS_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rowhouse::interchange {

// The path of `name` among them: "slices_0/ckpt".
inline std::string Recorded(absl::string_view name) {
  return absl::StrCat(ROWHOUSE_RECORDED_CHECKPOINTS, "/", name);
}

inline std::string BytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void SetBytes(const std::string& path, absl::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Copies all files of the recorded directory `name` into `directory`.
inline void CopyRecorded(absl::string_view name, const std::string& directory) {
  std::filesystem::copy(Recorded(name), directory,
                        std::filesystem::copy_options::recursive);
}

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_TESTS_CLIENT_INTERCHANGE_RECORDED_CHECKPOINTS_H_
