// One direction of an HTTP/2 connection, cut into frames: what a proxy must see
// to lose one reply and not another. RFC 9113, sections 3.4 and 4.1.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_HTTP2_FRAMES_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_HTTP2_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rowhouse::faults {

struct Http2Frame {
  static constexpr std::size_t kHeaderBytes = 9;
  static constexpr std::uint8_t kData = 0;
  static constexpr std::uint8_t kHeaders = 1;
  static constexpr std::uint8_t kRstStream = 3;
  static constexpr std::uint8_t kPreface =
      0xff;                                      // no frame: the client's hello
  static constexpr std::uint8_t kEndStream = 1;  // a flag of data and headers

  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  std::string bytes;  // header and payload

  absl::string_view payload() const {
    return absl::string_view(bytes).substr(kHeaderBytes);
  }
  bool EndsStream() const {
    return (type == kData || type == kHeaders) && (flags & kEndStream) != 0;
  }
};

// The bytes of RST_STREAM: the call of that stream ends with `error`.
std::string ResetOfStream(std::uint32_t stream, std::uint32_t error);

class Http2FrameReader {
 public:
  // `from_client`: a preface comes before the first frame.
  explicit Http2FrameReader(bool from_client) : preface_(from_client) {}

  void Add(absl::string_view bytes) {
    buffer_.append(bytes.data(), bytes.size());
  }
  // None: more bytes are wanted.
  std::optional<Http2Frame> Next();

 private:
  bool preface_;
  std::string buffer_;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_HTTP2_FRAMES_H_
