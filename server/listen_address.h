// The place that a server listens at.
#ifndef ROWHOUSE_SERVER_LISTEN_ADDRESS_H_
#define ROWHOUSE_SERVER_LISTEN_ADDRESS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::server {

// A value. "127.0.0.1:7070", "[::1]:0" or "unix:PATH"; localhost is 127.0.0.1.
// Other names are refused: which of their addresses would be meant is a
// question for the network, not for a flag.
class ListenAddress {
 public:
  // INVALID_ARGUMENT saying what is wrong with `text`.
  static absl::StatusOr<ListenAddress> Parse(absl::string_view text);

  // Only this machine reaches it: loopback or a socket file.
  bool IsLocal() const;

  // OK when nothing listens there. FAILED_PRECONDITION with the system's words
  // else, or when the address is not this machine's. gRPC itself would only say
  // that it failed, and take a socket file that is in use.
  absl::Status CheckFree() const;

  // With `port` in place of a port 0: what a client connects to. A socket file
  // has no port.
  std::string WithPort(int port) const;

 private:
  std::string host_;  // an IP address without brackets
  std::uint16_t port_ = 0;
  std::string path_;  // of a socket file, else empty
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_LISTEN_ADDRESS_H_
