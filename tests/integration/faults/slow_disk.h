// A disk on which every sync takes long: pushes wait or are refused, lookups go
// on, and the server's memory does not grow without bound.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SLOW_DISK_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SLOW_DISK_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct SlowDiskOptions {
  Setup setup;
  int cycles = 5;  // each: slow for a while, then as fast as before
  int writers = 8;
  absl::Duration slow_for = absl::Seconds(2);
  absl::Duration delay_min = absl::Milliseconds(100);  // of a sync
  absl::Duration delay_max = absl::Seconds(1);
};

struct SlowDiskResult {
  int cycles = 0;
  std::uint64_t memory_before = 0;  // resident bytes of the server
  std::uint64_t memory_most = 0;
  absl::Duration slowest_return;  // until every client went on again
  Workload::Verdict verdict;
};

absl::StatusOr<SlowDiskResult> RunSlowDisk(const SlowDiskOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SLOW_DISK_H_
