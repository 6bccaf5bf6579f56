// Vocabulary files in memory, for the tests of what reads them.
#ifndef ROWHOUSE_TESTS_CLIENT_COLUMNS_TOKEN_FILES_H_
#define ROWHOUSE_TESTS_CLIENT_COLUMNS_TOKEN_FILES_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/columns/file_bytes.h"
#include "client/columns/tokens.h"

namespace rowhouse::internal {

// The bytes of a string, at most `step` at a time.
class StringBytes final : public ByteSource {
 public:
  explicit StringBytes(std::string bytes, std::size_t step = 3)
      : bytes_(std::move(bytes)), step_(step) {}
  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    const std::size_t size =
        std::min({out.size(), step_, bytes_.size() - read_});
    std::copy_n(bytes_.data() + read_, size, out.data());
    read_ += size;
    return size;
  }

 private:
  std::string bytes_;
  std::size_t step_;
  std::size_t read_ = 0;
};

// One member of a gzip file.
std::string Gzip(absl::string_view bytes);

// A TFRecord file of these records, not compressed.
std::string TfRecordFile(const std::vector<std::string>& records);

// All that there are, or the error that ends them.
absl::StatusOr<std::vector<std::string>> AllOf(Tokens& tokens);
absl::StatusOr<std::string> AllOf(ByteSource& bytes);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_TESTS_CLIENT_COLUMNS_TOKEN_FILES_H_
