// A TCP proxy between clients and one server that loses replies after the
// server has done what was asked, delivers pushes twice, delays, resets and
// falls silent. It understands HTTP/2 frames and nothing above them.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROXY_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROXY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rowhouse::faults {

class Duplicator;

// Thread-safe. One thread of its own does the work.
class Proxy {
 public:
  struct Options {
    std::string server;  // "127.0.0.1:port"
    std::uint64_t seed = 1;
    // Of the replies: the call ends without an answer, which the proxy makes
    // up, most often alone and in one case of `cut_every` by a reset of the
    // whole connection.
    double drop_replies = 0;
    std::uint32_t cut_every = 50;
    // Of the pushes: a copy goes to the server by another way.
    double duplicate_pushes = 0;
    Duplicator* duplicator = nullptr;  // borrowed
    // Of the frames, one in `delay_every` holds what follows for up to so long.
    absl::Duration delay_max;
    std::uint32_t delay_every = 100;
  };
  static absl::StatusOr<std::unique_ptr<Proxy>> Start(const Options& options);
  ~Proxy();

  const std::string& address() const { return address_; }  // to connect to

  // While silent nothing comes through that way; connections stay open.
  void Silence(bool to_server, bool to_client);
  // Resets all connections.
  void Cut();

  struct Counts {
    std::uint64_t replies = 0;
    std::uint64_t dropped = 0;  // of them, those of cut connections too
    std::uint64_t cuts = 0;
    std::uint64_t pushes = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t delays = 0;
  };
  Counts counts() const;

 private:
  class Loop;
  explicit Proxy(std::unique_ptr<Loop> loop);

  const std::unique_ptr<Loop> loop_;
  std::string address_;
  std::thread thread_;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_PROXY_H_
