// Partitions: what is sent to a server, or by it, is swallowed for a while.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_PARTITION_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_PARTITION_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct PartitionOptions {
  Setup setup;
  int partitions = 10;
  int shards = 2;
  int writers = 3;  // beside the trainer
  absl::Duration shortest = absl::Milliseconds(200);
  absl::Duration longest = absl::Seconds(3);
};

struct PartitionResult {
  int partitions = 0;
  int one_way = 0;
  int swizzled = 0;  // of all servers, one after the other, healed out of order
  // The longest until every client had gone on after the healing.
  absl::Duration slowest_recovery;
  Workload::Verdict verdict;
};

// Each server in a network namespace of its own. UNIMPLEMENTED with the reason
// where the machine has none.
absl::StatusOr<PartitionResult> RunPartitions(const PartitionOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_PARTITION_H_
