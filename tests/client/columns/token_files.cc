#include "tests/client/columns/token_files.h"

#include <zlib.h>

#include <array>

#include "base/hash.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

template <typename Value>
void AppendBytes(Value value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void AppendMaskedCrc(absl::string_view bytes, std::string& out) {
  const std::uint32_t crc = Crc32c(bytes.data(), bytes.size());
  AppendBytes<std::uint32_t>(((crc >> 15) | (crc << 17)) + 0xa282ead8u, out);
}

}  // namespace

std::string Gzip(absl::string_view bytes) {
  z_stream stream = {};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8,
               Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string TfRecordFile(const std::vector<std::string>& records) {
  std::string out;
  for (const std::string& record : records) {
    std::string length;
    AppendBytes<std::uint64_t>(record.size(), length);
    out += length;
    AppendMaskedCrc(length, out);
    out += record;
    AppendMaskedCrc(record, out);
  }
  return out;
}

absl::StatusOr<std::vector<std::string>> AllOf(Tokens& tokens) {
  std::vector<std::string> all;
  std::string token;
  for (;;) {
    ROWHOUSE_ASSIGN_OR_RETURN(const bool more, tokens.Next(token));
    if (!more) return all;
    all.push_back(token);
  }
}

absl::StatusOr<std::string> AllOf(ByteSource& bytes) {
  std::string all;
  std::array<char, 7> part;
  for (;;) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t read,
                              bytes.Read(absl::MakeSpan(part)));
    if (read == 0) return all;
    all.append(part.data(), read);
  }
}

}  // namespace rowhouse::internal
