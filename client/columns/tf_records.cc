#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/tokens.h"

namespace rowhouse::internal {
namespace {

static_assert(std::endian::native == std::endian::little,
              "TFRecord files are little-endian");

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kChecksumBytes = 4;

// TensorFlow stores checksums masked, so that one of bytes that hold a checksum
// does not come to 0.
std::uint32_t MaskedCrc32c(const void* data, std::size_t size) {
  const std::uint32_t crc = Crc32c(data, size);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

class Records final : public Tokens {
 public:
  Records(std::string path, std::unique_ptr<ByteSource> bytes)
      : path_(std::move(path)), bytes_(std::move(bytes)) {}

  absl::StatusOr<bool> Next(std::string& token) override {
    std::array<char, kLengthBytes + kChecksumBytes> header;
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t read,
                              Fill(absl::MakeSpan(header)));
    if (read == 0) return false;
    if (read < header.size()) return Damaged("ends inside the length");
    std::uint64_t length = 0;
    std::memcpy(&length, header.data(), kLengthBytes);
    if (!HasChecksum(header.data(), kLengthBytes)) {
      return Damaged("has a length of the wrong checksum");
    }
    if (length > kVocabularyTokenBytesMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path_, ": record ", record_, " has ", length,
                       " bytes, at most ", kVocabularyTokenBytesMax));
    }
    token.resize(static_cast<std::size_t>(length) + kChecksumBytes);
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t body,
                              Fill(absl::MakeSpan(token)));
    if (body < token.size()) return Damaged("ends early");
    if (!HasChecksum(token.data(), static_cast<std::size_t>(length))) {
      return Damaged("has the wrong checksum");
    }
    token.resize(static_cast<std::size_t>(length));
    ++record_;
    return true;
  }

 private:
  absl::Status Damaged(absl::string_view how) const {
    return absl::DataLossError(
        absl::StrCat(path_, ": record ", record_, " ", how));
  }

  // The checksum stands behind the bytes.
  static bool HasChecksum(const char* data, std::size_t size) {
    std::uint32_t stored = 0;
    std::memcpy(&stored, data + size, kChecksumBytes);
    return stored == MaskedCrc32c(data, size);
  }

  // Less than `out` at the end only.
  absl::StatusOr<std::size_t> Fill(absl::Span<char> out) {
    std::size_t filled = 0;
    while (filled < out.size()) {
      ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t read,
                                bytes_->Read(out.subspan(filled)));
      if (read == 0) break;
      filled += read;
    }
    return filled;
  }

  std::string path_;
  std::unique_ptr<ByteSource> bytes_;
  std::int64_t record_ = 0;
};

}  // namespace

std::unique_ptr<Tokens> TfRecords(std::string path,
                                  std::unique_ptr<ByteSource> bytes) {
  return std::make_unique<Records>(std::move(path), std::move(bytes));
}

}  // namespace rowhouse::internal
