// A data directory with a history, and what it must answer: to be copied,
// damaged and started, again and again.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SAMPLE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SAMPLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/client.h"
#include "tests/integration/faults/setup.h"

namespace rowhouse::faults {

// How the server that made it ended.
enum class SampleEnd {
  kKilled,   // the journal's last record is vouched for by nothing
  kStopped,  // WATERMARKS vouches for everything
};

struct Sample {
  std::string directory;   // has shard-0 and checkpoints/
  std::string checkpoint;  // its name
  // Counters (kCounterRows x kCounterColumns), all pushed at level POWER: with
  // the last push and without it, and as of the checkpoint.
  std::vector<float> rows;
  std::vector<float> rows_before_last;
  std::vector<float> rows_of_checkpoint;
};

// Made in `directory`, which must not exist.
absl::StatusOr<Sample> MakeSample(const Setup& setup,
                                  const std::string& directory, SampleEnd end);

// The counters that a client finds.
absl::StatusOr<std::vector<float>> ReadCounters(Client& client);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SAMPLE_H_
