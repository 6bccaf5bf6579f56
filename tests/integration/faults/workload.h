// Clients that push without a pause while servers are broken, and what they
// know of it afterwards: counters, and a training run in which every step
// depends on all steps before it.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_WORKLOAD_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_WORKLOAD_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "rowhouse/client.h"
#include "rowhouse/table_spec.h"
#include "tests/integration/faults/counters.h"

namespace rowhouse::faults {

class Workload {
 public:
  struct Options {
    std::uint64_t seed = 1;
    int writers = 2;      // of counters, each a client and a thread
    bool trainer = true;  // one more
    Durability counters = Durability::kProcess;
    Durability trained = Durability::kPower;
    // Of one call; one that is not answered by then is settled by the next.
    absl::Duration timeout = absl::Seconds(20);
    // Pushes of each writer before it stops by itself; 0: none.
    std::uint64_t pushes_per_writer = 0;
    // The writers' waits between tries.
    absl::Duration retry_wait_min = absl::Milliseconds(10);
  };

  // Makes the tables through `direct` and starts pushing to `address`, which
  // leads to the same servers.
  static absl::StatusOr<std::unique_ptr<Workload>> Start(
      const std::string& address, const std::string& direct,
      const Options& options);
  // Stops, whether or not servers serve.
  ~Workload();

  // Waits until every client has gone on, so that the next fault meets training
  // and not a client that still looks for its server; half a minute at most.
  void WaitUntilAllGoOn();

  std::uint64_t acknowledged() { return oracle_.acknowledged(); }
  // True when every writer has done its pushes or met an error.
  bool Done() const;

  // Ends pushing; the first error that a client met. REQUIRES: servers serve.
  absl::Status Finish();
  // The same where they do not: what is unknown stays so.
  void Abandon();

  struct Verdict {
    std::uint64_t acked = 0;  // pushes of all clients
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
    std::uint64_t steps = 0;         // of the trainer
    std::uint64_t unequal_rows = 0;  // against an undisturbed run
  };
  // Finishes; then compares the tables with what was acknowledged, and the
  // trained one with a run in this process, below `directory`.
  absl::StatusOr<Verdict> Conclude(const std::string& directory);

 private:
  class Pusher;
  Workload(const Options& options, Client reader);
  absl::Status AddPusher(const std::string& address, int writer);

  const Options options_;
  Client reader_;
  CounterOracle oracle_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> abandoned_{false};
  std::vector<std::unique_ptr<Pusher>> pushers_;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_WORKLOAD_H_
