// Power cuts: the file system under the servers stops in the middle of pushes
// and forgets what was not synced.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_POWER_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_POWER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct PowerOptions {
  Setup setup;
  int trials = 20;         // at level POWER
  int process_trials = 5;  // and at PROCESS, which must lose
  int shards = 2;
  int writers = 2;  // beside the trainer
};

struct PowerResult {
  int trials = 0;
  int in_recovery = 0;  // cuts of servers that were starting
  std::uint64_t checkpoints = 0;
  Workload::Verdict verdict;
  int process_level_trials = 0;
  std::uint64_t process_level_lost = 0;
  std::uint64_t process_level_doubled = 0;
};

// UNIMPLEMENTED with the reason where the machine cannot do it: it takes root,
// a loop device and mkfs.ext4.
absl::StatusOr<PowerResult> RunPowerCuts(const PowerOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_POWER_H_
