#include "tests/integration/faults/http2_frames.h"

#include <cstring>

namespace rowhouse::faults {
namespace {

constexpr std::size_t kPrefaceBytes = 24;

// Big-endian.
std::uint32_t Load(const char* bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

void Append(std::uint32_t value, std::string& bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

}  // namespace

std::string ResetOfStream(std::uint32_t stream, std::uint32_t error) {
  std::string bytes = {0, 0, 4, static_cast<char>(Http2Frame::kRstStream), 0};
  Append(stream, bytes);
  Append(error, bytes);
  return bytes;
}

std::optional<Http2Frame> Http2FrameReader::Next() {
  Http2Frame frame;
  std::size_t size = Http2Frame::kHeaderBytes;
  if (preface_) {
    size = kPrefaceBytes;
    if (buffer_.size() < size) return std::nullopt;
    frame.type = Http2Frame::kPreface;
    preface_ = false;
  } else {
    if (buffer_.size() < size) return std::nullopt;
    size += Load(buffer_.data(), 3);
    if (buffer_.size() < size) return std::nullopt;
    frame.type = static_cast<std::uint8_t>(buffer_[3]);
    frame.flags = static_cast<std::uint8_t>(buffer_[4]);
    frame.stream = Load(&buffer_[5], 4) & 0x7fffffff;
  }
  frame.bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return frame;
}

}  // namespace rowhouse::faults
