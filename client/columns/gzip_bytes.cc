#include "client/columns/gzip_bytes.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

constexpr std::size_t kChunkBytes = 64 << 10;
// zlib's way to say: gzip, and no other format of its.
constexpr int kGzipWindowBits = MAX_WBITS + 16;

class GzipBytes final : public ByteSource {
 public:
  GzipBytes(std::string path, std::unique_ptr<ByteSource> compressed)
      : path_(std::move(path)),
        compressed_(std::move(compressed)),
        chunk_(kChunkBytes) {
    opened_ = inflateInit2(&stream_, kGzipWindowBits) == Z_OK;
  }
  ~GzipBytes() override {
    if (opened_) inflateEnd(&stream_);
  }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;

  absl::StatusOr<std::size_t> Read(absl::Span<char> out) override {
    if (!opened_) return absl::ResourceExhaustedError("no memory for zlib");
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    const std::size_t size = std::min(out.size(), kMost);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out == size) {
      if (stream_.avail_in == 0) {
        ROWHOUSE_RETURN_IF_ERROR(ReadChunk());
        if (stream_.avail_in == 0) break;
      }
      ROWHOUSE_RETURN_IF_ERROR(Inflate());
    }
    return size - stream_.avail_out;
  }

 private:
  absl::Status Damaged(absl::string_view how) const {
    return absl::DataLossError(absl::StrCat(path_, ": ", how));
  }

  // Leaves no input at the end of the file.
  absl::Status ReadChunk() {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t read,
                              compressed_->Read(absl::MakeSpan(chunk_)));
    if (read == 0 && inside_) return Damaged("the gzip data end too early");
    stream_.next_in = reinterpret_cast<Bytef*>(chunk_.data());
    stream_.avail_in = static_cast<uInt>(read);
    return absl::OkStatus();
  }

  absl::Status Inflate() {
    inside_ = true;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {  // another member may follow
      inside_ = false;
      inflateReset(&stream_);
      return absl::OkStatus();
    }
    if (result == Z_OK || result == Z_BUF_ERROR) return absl::OkStatus();
    return Damaged(stream_.msg != nullptr ? stream_.msg : "no gzip data");
  }

  std::string path_;
  std::unique_ptr<ByteSource> compressed_;
  std::vector<char> chunk_;
  z_stream stream_ = {};
  bool opened_ = false;
  bool inside_ = false;  // a member has begun and not ended
};

}  // namespace

std::unique_ptr<ByteSource> InflateGzip(
    std::string path, std::unique_ptr<ByteSource> compressed) {
  return std::make_unique<GzipBytes>(std::move(path), std::move(compressed));
}

}  // namespace rowhouse::internal
