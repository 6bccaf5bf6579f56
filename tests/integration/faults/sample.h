// A data directory with a history, and what it must answer: to be copied,
// damaged and started, again and again.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SAMPLE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SAMPLE_H_

#include <cstdint>
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
  // Of counters, one after the other, all acknowledged at level POWER.
  std::uint64_t seed = 0;
  std::uint64_t pushes = 0;
  std::uint64_t pushes_in_checkpoint = 0;

  // Counters (kCounterRows x kCounterColumns) after so many pushes.
  std::vector<float> RowsAfter(std::uint64_t count) const;
};

// Made in `directory`, which must not exist.
absl::StatusOr<Sample> MakeSample(const Setup& setup,
                                  const std::string& directory, SampleEnd end);

// The counters that a client finds.
absl::StatusOr<std::vector<float>> ReadCounters(Client& client);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SAMPLE_H_
