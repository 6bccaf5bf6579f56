// One connection through a proxy, and what goes wrong with it.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROXY_LINK_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROXY_LINK_H_

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/integration/faults/http2_frames.h"
#include "tests/integration/faults/proxy.h"

namespace rowhouse::faults {

// What all links of a proxy share. The flags and counts may be touched by any
// thread, the rest by the proxy's.
struct ProxyState {
  explicit ProxyState(const Proxy::Options& of)
      : options(of), random(of.seed) {}

  bool Chance(double probability) {
    return std::uniform_real_distribution<>(0, 1)(random) < probability;
  }

  const Proxy::Options options;
  std::mt19937_64 random;
  std::atomic<bool> silent_to_server{false};
  std::atomic<bool> silent_to_client{false};
  std::atomic<bool> cut{false};
  std::atomic<std::uint64_t> replies{0};
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::uint64_t> cuts{0};
  std::atomic<std::uint64_t> pushes{0};
  std::atomic<std::uint64_t> duplicated{0};
  std::atomic<std::uint64_t> delays{0};
};

// Used by the proxy's thread alone.
class ProxyLink {
 public:
  // Takes both sockets, which do not block.
  ProxyLink(int client, int server, ProxyState& state);
  // Resets both connections.
  ~ProxyLink();
  ProxyLink(const ProxyLink&) = delete;
  ProxyLink& operator=(const ProxyLink&) = delete;

  // Appends what it waits for: two entries. `wake` becomes earlier if it must
  // be called then without any of these.
  void AddPolls(absl::Time now, std::vector<pollfd>& polls, absl::Time& wake);
  // Relays what can be. False: the connection is over.
  bool Relay(short of_client, short of_server, absl::Time now);

 private:
  // One direction.
  struct Way {
    Way(int from, int to, bool from_client)
        : from(from), to(to), reader(from_client) {}
    const int from;
    const int to;
    Http2FrameReader reader;
    std::string out;
    absl::Time held_until = absl::InfinitePast();
    bool ended = false;  // nothing comes any more
  };

  bool Receive(Way& way, absl::Time now);
  bool Send(Way& way, bool silent, absl::Time now);
  void Hold(Way& way, absl::Time now);
  void TakeRequest(const Http2Frame& frame);
  bool TakeReply(const Http2Frame& frame);

  ProxyState& state_;
  Way up_;
  Way down_;
  std::map<std::uint32_t, std::string> requests_;  // by stream, until its end
  std::set<std::uint32_t> answered_;  // streams whose reply has begun
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROXY_LINK_H_
