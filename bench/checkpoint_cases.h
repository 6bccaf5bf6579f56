// What a checkpoint costs those who push meanwhile: how long a push takes while
// checkpoints are made one after the other, and while none is. Pushes come at
// fixed times, as from trainers that compute between them, and are timed from
// when they were due: one that waits behind another counts its wait.
#ifndef ROWHOUSE_BENCH_CHECKPOINT_CASES_H_
#define ROWHOUSE_BENCH_CHECKPOINT_CASES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/pusher.h"
#include "bench/timing.h"

namespace rowhouse::bench {

struct CheckpointCases {
  std::string directory;  // empty; on the disk that is measured
  PushShape pushes;
  int clients = 4;
  // Each client's; together about a third of what two cores can do.
  absl::Duration push_period = absl::Milliseconds(4);
  absl::Duration duration;  // of each case
};

struct CheckpointFigures {
  Figure quiet;   // pushes at PROCESS
  Figure during;  // the same while checkpoints are made
  int checkpoints = 0;
  double checkpoint_s = 0;  // the mean of one
};

// The two cases take turns.
absl::StatusOr<CheckpointFigures> MeasureCheckpoints(
    const CheckpointCases& cases);

}  // namespace rowhouse::bench

#endif  // ROWHOUSE_BENCH_CHECKPOINT_CASES_H_
