#include "server/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace rowhouse::server {
namespace {

class Socket {
 public:
  explicit Socket(int family)
      : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

absl::Status Invalid(absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("--listen ", text, ": ", what));
}

absl::Status CannotListen(absl::string_view where, int error) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot listen at ", where, ": ",
                   std::generic_category().message(error)));
}

// The address that a host means; its family is AF_UNSPEC when it is none.
struct IpAddress {
  int family = AF_UNSPEC;
  in_addr v4 = {};
  in6_addr v6 = {};

  explicit IpAddress(const std::string& host) {
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) {
      family = AF_INET;
    } else if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
      family = AF_INET6;
    }
  }

  bool IsLoopback() const {
    return family == AF_INET ? ntohl(v4.s_addr) >> 24 == 127
                             : IN6_IS_ADDR_LOOPBACK(&v6) != 0;
  }
};

}  // namespace

absl::StatusOr<ListenAddress> ListenAddress::Parse(absl::string_view text) {
  ListenAddress address;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    constexpr std::size_t kPathMax = sizeof(sockaddr_un::sun_path) - 1;
    if (rest.empty() || rest.size() > kPathMax) {
      return Invalid(text,
                     absl::StrCat("a path of ", rest.size(),
                                  " bytes; the system takes 1 to ", kPathMax));
    }
    address.path_ = std::string(rest);
    return address;
  }
  const std::size_t colon = rest.rfind(':');
  if (colon == absl::string_view::npos) {
    return Invalid(text, "expected HOST:PORT or unix:PATH");
  }
  absl::string_view host = rest.substr(0, colon);
  const bool brackets =
      absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  address.host_ = host == "localhost" ? "127.0.0.1" : std::string(host);
  const IpAddress ip(address.host_);
  if (ip.family == AF_UNSPEC || brackets != (ip.family == AF_INET6)) {
    return Invalid(text, absl::StrCat("'", host,
                                      "' is no IP address and not localhost "
                                      "(an IPv6 address goes in brackets)"));
  }
  std::uint32_t port = 0;
  if (!absl::SimpleAtoi(rest.substr(colon + 1), &port) || port > 65535) {
    return Invalid(text, absl::StrCat("port '", rest.substr(colon + 1),
                                      "' is not 0 to 65535"));
  }
  address.port_ = static_cast<std::uint16_t>(port);
  return address;
}

bool ListenAddress::IsLocal() const {
  return !path_.empty() || IpAddress(host_).IsLoopback();
}

absl::Status ListenAddress::CheckFree() const {
  if (!path_.empty()) {
    const Socket socket(AF_UNIX);
    sockaddr_un to = {};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, path_.c_str(), path_.size() + 1);
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&to),
                  sizeof(to)) == 0) {
      return CannotListen(WithPort(0), EADDRINUSE);
    }
    // No such file, or one that a killed server left: gRPC replaces it.
    return absl::OkStatus();
  }
  const IpAddress ip(host_);
  const Socket socket(ip.family);
  if (socket.fd() < 0) return CannotListen(WithPort(port_), errno);
  // As gRPC does, or connections that a killed server left would stand in the
  // way for minutes.
  const int on = 1;
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  int result = 0;
  if (ip.family == AF_INET) {
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr = ip.v4;
    result =
        ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  } else {
    sockaddr_in6 to = {};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port_);
    to.sin6_addr = ip.v6;
    result =
        ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  }
  if (result != 0) return CannotListen(WithPort(port_), errno);
  return absl::OkStatus();
}

std::string ListenAddress::WithPort(int port) const {
  if (!path_.empty()) return absl::StrCat("unix:", path_);
  const int shown = port_ == 0 ? port : port_;
  if (IpAddress(host_).family == AF_INET6) {
    return absl::StrCat("[", host_, "]:", shown);
  }
  return absl::StrCat(host_, ":", shown);
}

}  // namespace rowhouse::server
