// A bad network between clients and servers: replies that are lost after the
// push was applied, pushes that arrive twice, delays, resets.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_NET_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_NET_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "tests/integration/faults/duplicator.h"
#include "tests/integration/faults/proxy.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct NetOptions {
  Setup setup;
  std::uint64_t pushes = 10'000;  // of counters, over all writers
  int shards = 2;
  int writers = 8;  // beside the trainer
  double drop = 0.1;
  double duplicate = 0.1;
};

struct NetResult {
  Proxy::Counts network;      // over all shards
  Duplicator::Counts copies;  // over all shards
  Workload::Verdict verdict;
};

absl::StatusOr<NetResult> RunBadNetwork(const NetOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_NET_H_
