// The training loop: look rows up, run the network, push gradients.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_TRAIN_H_
#define ROWHOUSE_EXAMPLES_CENSUS_TRAIN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/census/census_data.h"
#include "examples/census/metrics.h"
#include "examples/census/progress.h"
#include "rowhouse/client.h"
#include "rowhouse/feature_plan.h"

namespace rowhouse::census {

struct TrainOptions {
  std::uint64_t seed = 1;
  int epochs = 8;
  std::size_t batch_rows = 256;
};

struct EpochResult {
  double train_loss = 0;  // mean over the epoch's batches, before each update
  Metrics test;           // after the epoch
  double seconds = 0;     // of training, without the test
};

struct TrainResult {
  std::vector<EpochResult> epochs;
  std::uint64_t pushes = 0;
  std::uint64_t rows = 0;  // stored, over all tables
  double seconds = 0;      // of training, without the tests
};

// Makes the plan's tables and trains on census.train: shuffled anew for each
// epoch, the last partial batch left out, each push waited for. The network's
// rate falls to zero over the epochs. Calls `progress` as it goes.
absl::StatusOr<TrainResult> Train(Client& client, const FeaturePlan& plan,
                                  const Census& census,
                                  const TrainOptions& options,
                                  Progress& progress);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_TRAIN_H_
