// Checkpoints made while a trainer pushes: each is restored and compared, bit
// by bit, with a run that nobody disturbed and that stopped where it was cut.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_LIVE_CHECKPOINTS_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_LIVE_CHECKPOINTS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "tests/integration/faults/setup.h"

namespace rowhouse::faults {

struct LiveCheckpointOptions {
  Setup setup;
  int checkpoints = 20;
  int shards = 3;  // of the trainer; checkpoints are restored onto two
};

struct LiveCheckpointResult {
  int checkpoints = 0;
  // Of these: no number of steps gives its rows that lies between the last one
  // acknowledged before it was asked for and the first one sent after.
  int unequal = 0;
  std::uint64_t steps = 0;  // of the trainer
};

absl::StatusOr<LiveCheckpointResult> RunLiveCheckpoints(
    const LiveCheckpointOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_LIVE_CHECKPOINTS_H_
