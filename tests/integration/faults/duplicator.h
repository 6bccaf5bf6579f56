// A network that delivers a push twice: sends copies of requests to a server by
// itself, at once, later, or when nobody remembers them any more.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_DUPLICATOR_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_DUPLICATOR_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "base/mutex.h"

namespace rowhouse::faults {

// Thread-safe.
class Duplicator {
 public:
  explicit Duplicator(const std::string& server);
  // Sends what waits, waits for the answers.
  ~Duplicator();

  // The bytes of a PushRequest, to be sent after `delay`. Dropped when too many
  // wait already.
  void Send(std::string push, absl::Duration delay);

  // Sends what waits now, and returns when everything is answered.
  void Drain();

  // How the copies ended.
  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t known = 0;    // answered as applied before
    std::uint64_t first = 0;    // arrived before the client's own
    std::uint64_t refused = 0;  // stale, or of a session that ended
    std::uint64_t unanswered = 0;
    std::uint64_t failed = 0;  // anything else, which nothing explains
  };
  Counts counts() const;

 private:
  class Calls;
  void Loop();

  const std::unique_ptr<Calls> calls_;
  mutable Mutex mu_;
  CondVar changed_;
  std::multimap<absl::Time, std::string> waiting_ ABSL_GUARDED_BY(mu_);
  bool hurry_ ABSL_GUARDED_BY(mu_) = false;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;  // last: uses the others
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_DUPLICATOR_H_
