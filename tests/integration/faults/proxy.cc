#include "tests/integration/faults/proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "tests/integration/faults/proxy_link.h"

namespace rowhouse::faults {
namespace {

constexpr int kBacklog = 128;

// When nothing happens, as often it looks whether something should.
constexpr absl::Duration kIdlePeriod = absl::Milliseconds(100);

absl::Status Failed(absl::string_view what) {
  return absl::UnavailableError(
      absl::StrCat("proxy: ", what, ": ", std::strerror(errno)));
}

absl::StatusOr<sockaddr_in> ParseAddress(const std::string& address) {
  const std::vector<std::string> parts = absl::StrSplit(address, ':');
  sockaddr_in parsed = {};
  parsed.sin_family = AF_INET;
  int port = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &port) ||
      ::inet_pton(AF_INET, parts[0].c_str(), &parsed.sin_addr) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("proxy: '", address, "' is no IPv4 address with a port"));
  }
  parsed.sin_port = htons(static_cast<std::uint16_t>(port));
  return parsed;
}

// Small frames are not gathered: they would wait for each other.
void MakeReady(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
}

}  // namespace

class Proxy::Loop {
 public:
  Loop(const Options& options, const sockaddr_in& server)
      : state_(options), server_(server) {}
  ~Loop() {
    if (listener_ >= 0) ::close(listener_);
    if (wake_ >= 0) ::close(wake_);
  }

  absl::StatusOr<std::string> Listen();
  void Run();
  void Stop() {
    stop_ = true;
    Wake();
  }
  void Wake() { ::eventfd_write(wake_, 1); }
  ProxyState& state() { return state_; }

 private:
  void Accept();
  void RelayAll(const std::vector<pollfd>& polls, std::size_t first);

  ProxyState state_;
  const sockaddr_in server_;
  int listener_ = -1;
  int wake_ = -1;
  std::atomic<bool> stop_{false};
  std::vector<std::unique_ptr<ProxyLink>> links_;
};

absl::StatusOr<std::string> Proxy::Loop::Listen() {
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (wake_ < 0 || listener_ < 0) return Failed("socket");
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, kBacklog) != 0 ||
      ::getsockname(listener_, any, &size) != 0) {
    return Failed("listen");
  }
  return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
}

void Proxy::Loop::Accept() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  // The server is on this machine: it answers at once or is not there.
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto* const to = reinterpret_cast<const sockaddr*>(&server_);
  if (server < 0 || ::connect(server, to, sizeof(server_)) != 0) {
    if (server >= 0) ::close(server);
    ::close(client);
    return;
  }
  MakeReady(client);
  MakeReady(server);
  links_.push_back(std::make_unique<ProxyLink>(client, server, state_));
}

void Proxy::Loop::RelayAll(const std::vector<pollfd>& polls,
                           std::size_t first) {
  const absl::Time now = absl::Now();
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const pollfd* const of_link = &polls[first + 2 * i];
    if (!links_[i]->Relay(of_link[0].revents, of_link[1].revents, now)) {
      links_[i] = nullptr;
    }
  }
  std::erase(links_, nullptr);
}

void Proxy::Loop::Run() {
  std::vector<pollfd> polls;
  while (!stop_) {
    if (state_.cut.exchange(false)) {
      state_.cuts += links_.size();
      links_.clear();
    }
    const absl::Time now = absl::Now();
    absl::Time wake = now + kIdlePeriod;
    polls = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
    for (const auto& link : links_) link->AddPolls(now, polls, wake);
    const auto wait_ms =
        std::max<std::int64_t>(1, absl::ToInt64Milliseconds(wake - now));
    if (::poll(polls.data(), polls.size(), static_cast<int>(wait_ms)) < 0 &&
        errno != EINTR) {
      return;
    }
    eventfd_t woken = 0;
    if (polls[1].revents != 0) ::eventfd_read(wake_, &woken);
    RelayAll(polls, 2);
    if (polls[0].revents != 0) Accept();
  }
  links_.clear();
}

Proxy::Proxy(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

Proxy::~Proxy() {
  loop_->Stop();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<std::unique_ptr<Proxy>> Proxy::Start(const Options& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const sockaddr_in server,
                            ParseAddress(options.server));
  std::unique_ptr<Proxy> proxy(
      new Proxy(std::make_unique<Loop>(options, server)));
  ROWHOUSE_ASSIGN_OR_RETURN(proxy->address_, proxy->loop_->Listen());
  proxy->thread_ = std::thread([loop = proxy->loop_.get()] { loop->Run(); });
  return proxy;
}

void Proxy::Silence(bool to_server, bool to_client) {
  loop_->state().silent_to_server = to_server;
  loop_->state().silent_to_client = to_client;
  loop_->Wake();
}

void Proxy::Cut() {
  loop_->state().cut = true;
  loop_->Wake();
}

Proxy::Counts Proxy::counts() const {
  const ProxyState& state = loop_->state();
  return {state.replies, state.dropped,    state.cuts,
          state.pushes,  state.duplicated, state.delays};
}

}  // namespace rowhouse::faults
