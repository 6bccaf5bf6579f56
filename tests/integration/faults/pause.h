// SIGSTOP: servers stand still for seconds while clients push with deadlines
// that are shorter.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_PAUSE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_PAUSE_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct PauseOptions {
  Setup setup;
  int cycles = 10;
  int shards = 2;
  int writers = 3;  // beside the trainer
  absl::Duration shortest = absl::Seconds(1);
  absl::Duration longest = absl::Seconds(5);
  // Of one call: a push is given up, kept and settled, again and again.
  absl::Duration timeout = absl::Milliseconds(700);
};

struct PauseResult {
  int cycles = 0;
  int killed = 0;  // servers that were killed while they stood still
  absl::Duration paused;
  Workload::Verdict verdict;
};

absl::StatusOr<PauseResult> RunPauses(const PauseOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_PAUSE_H_
