#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/tokens.h"

namespace rowhouse::internal {
namespace {

constexpr std::size_t kChunkBytes = 64 << 10;

class Lines final : public Tokens {
 public:
  explicit Lines(std::unique_ptr<ByteSource> bytes)
      : bytes_(std::move(bytes)), chunk_(kChunkBytes) {}

  absl::StatusOr<bool> Next(std::string& token) override {
    token.clear();
    for (;;) {
      if (rest_.empty()) {
        ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t read,
                                  bytes_->Read(absl::MakeSpan(chunk_)));
        if (read == 0) {
          DropReturn(token);
          return !token.empty();
        }
        rest_ = absl::string_view(chunk_.data(), read);
      }
      const std::size_t end = rest_.find('\n');
      const absl::string_view part = rest_.substr(0, end);
      if (token.size() + part.size() > kVocabularyTokenBytesMax) {
        return absl::ResourceExhaustedError(absl::StrCat(
            "a line has more than ", kVocabularyTokenBytesMax, " bytes"));
      }
      token.append(part.data(), part.size());
      if (end == absl::string_view::npos) {
        rest_ = {};
        continue;
      }
      rest_.remove_prefix(end + 1);
      DropReturn(token);
      return true;
    }
  }

 private:
  static void DropReturn(std::string& line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
  }

  std::unique_ptr<ByteSource> bytes_;
  std::vector<char> chunk_;
  absl::string_view rest_;  // of the chunk
};

}  // namespace

std::unique_ptr<Tokens> TextLines(std::unique_ptr<ByteSource> bytes) {
  return std::make_unique<Lines>(std::move(bytes));
}

absl::StatusOr<std::int64_t> CountTextLines(ByteSource& bytes) {
  std::vector<char> chunk(kChunkBytes);
  std::int64_t lines = 0;
  bool tail = false;  // something but "\r" follows the last "\n"
  for (;;) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t read,
                              bytes.Read(absl::MakeSpan(chunk)));
    if (read == 0) return lines + (tail ? 1 : 0);
    absl::string_view rest(chunk.data(), read);
    for (;;) {
      const std::size_t end = rest.find('\n');
      if (end == absl::string_view::npos) break;
      ++lines;
      tail = false;
      rest.remove_prefix(end + 1);
    }
    tail = tail || rest.find_first_not_of('\r') != absl::string_view::npos;
  }
}

}  // namespace rowhouse::internal
