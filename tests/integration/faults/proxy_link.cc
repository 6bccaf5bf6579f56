#include "tests/integration/faults/proxy_link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "tests/integration/faults/duplicator.h"

namespace rowhouse::faults {
namespace {

// Bytes that one way holds before its sender must wait.
constexpr std::size_t kHeldBytesMax = 4u << 20;

// In front of each message of gRPC: compressed or not, and its length.
constexpr std::size_t kMessagePrefixBytes = 5;

// The first byte of a PushRequest, which begins with its header (a message);
// a LookupRequest begins with a number.
constexpr char kPushBegins = '\x0a';

// Errors of HTTP/2 that gRPC makes UNAVAILABLE or CANCELLED of: REFUSED_STREAM,
// CANCEL, INTERNAL_ERROR.
constexpr std::array<std::uint32_t, 3> kErrors = {7, 8, 2};

// A copy of a push comes at once, soon, or when a thousand others have gone by.
absl::Duration CopyDelay(std::mt19937_64& random) {
  switch (random() % 10) {
    case 0:
      return absl::Seconds(5 + random() % 30);
    case 1:
    case 2:
    case 3:
      return absl::Milliseconds(random() % 200);
    default:
      return absl::ZeroDuration();
  }
}

void Reset(int fd) {
  const linger now = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  ::close(fd);
}

}  // namespace

ProxyLink::ProxyLink(int client, int server, ProxyState& state)
    : state_(state), up_(client, server, true), down_(server, client, false) {}

ProxyLink::~ProxyLink() {
  Reset(up_.from);
  Reset(down_.from);
}

void ProxyLink::AddPolls(absl::Time now, std::vector<pollfd>& polls,
                         absl::Time& wake) {
  const auto wants = [&](const Way& in, const Way& out, bool in_silent,
                         bool out_silent) {
    short events = 0;
    if (!in_silent && !in.ended && in.out.size() < kHeldBytesMax) {
      events |= POLLIN;
    }
    if (!out.out.empty() && !out_silent) {
      if (out.held_until <= now) {
        events |= POLLOUT;
      } else {
        wake = std::min(wake, out.held_until);
      }
    }
    return events;
  };
  const bool up = state_.silent_to_server;
  const bool down = state_.silent_to_client;
  const short of_client = wants(up_, down_, up, down);
  const short of_server = wants(down_, up_, down, up);
  // A socket that nothing is wanted of would still report its end, at once.
  polls.push_back({of_client != 0 ? up_.from : -1, of_client, 0});
  polls.push_back({of_server != 0 ? down_.from : -1, of_server, 0});
}

bool ProxyLink::Relay(short of_client, short of_server, absl::Time now) {
  constexpr short kIn = POLLIN | POLLHUP | POLLERR;
  const bool up = state_.silent_to_server;
  const bool down = state_.silent_to_client;
  if ((of_client & kIn) != 0 && !up && !Receive(up_, now)) return false;
  if ((of_server & kIn) != 0 && !down && !Receive(down_, now)) return false;
  if (!Send(up_, up, now) || !Send(down_, down, now)) return false;
  // What came last is still delivered.
  return !(up_.ended && up_.out.empty()) && !(down_.ended && down_.out.empty());
}

bool ProxyLink::Receive(Way& way, absl::Time now) {
  std::array<char, 64 << 10> buffer;
  const ssize_t got = ::recv(way.from, buffer.data(), buffer.size(), 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) {
    way.ended = true;
    return true;
  }
  way.reader.Add({buffer.data(), static_cast<std::size_t>(got)});
  while (const auto frame = way.reader.Next()) {
    Hold(way, now);
    if (&way == &up_) {
      TakeRequest(*frame);
    } else if (!TakeReply(*frame)) {
      return false;
    }
    way.out += frame->bytes;
  }
  return true;
}

bool ProxyLink::Send(Way& way, bool silent, absl::Time now) {
  if (way.out.empty() || silent || way.held_until > now) return true;
  const ssize_t sent =
      ::send(way.to, way.out.data(), way.out.size(), MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  way.out.erase(0, static_cast<std::size_t>(sent));
  return true;
}

void ProxyLink::Hold(Way& way, absl::Time now) {
  const Proxy::Options& options = state_.options;
  if (options.delay_max <= absl::ZeroDuration() ||
      state_.random() % options.delay_every != 0) {
    return;
  }
  ++state_.delays;
  way.held_until = now + options.delay_max *
                             static_cast<double>(state_.random() % 1000) / 1000;
}

void ProxyLink::TakeRequest(const Http2Frame& frame) {
  if (frame.type == Http2Frame::kRstStream) requests_.erase(frame.stream);
  if (frame.type != Http2Frame::kData) return;
  std::string& message = requests_[frame.stream];
  message.append(frame.payload().data(), frame.payload().size());
  if (!frame.EndsStream()) return;
  if (message.size() > kMessagePrefixBytes &&
      message[kMessagePrefixBytes] == kPushBegins) {
    ++state_.pushes;
    if (state_.options.duplicator != nullptr &&
        state_.Chance(state_.options.duplicate_pushes)) {
      ++state_.duplicated;
      state_.options.duplicator->Send(message.substr(kMessagePrefixBytes),
                                      CopyDelay(state_.random));
    }
  }
  requests_.erase(frame.stream);
}

// Lost is a reply as a whole: before its first header the client is told that
// the call is over. What follows is delivered, so that both ends of the
// connection still agree on the compression of headers, but to a call that the
// client has forgotten. False: the whole connection goes.
bool ProxyLink::TakeReply(const Http2Frame& frame) {
  if (frame.type == Http2Frame::kHeaders &&
      answered_.insert(frame.stream).second) {
    ++state_.replies;
    if (state_.Chance(state_.options.drop_replies)) {
      ++state_.dropped;
      if (state_.random() % state_.options.cut_every == 0) {
        ++state_.cuts;
        return false;
      }
      down_.out += ResetOfStream(frame.stream,
                                 kErrors[state_.random() % kErrors.size()]);
    }
  }
  if (frame.EndsStream() || frame.type == Http2Frame::kRstStream) {
    answered_.erase(frame.stream);
  }
  return true;
}

}  // namespace rowhouse::faults
