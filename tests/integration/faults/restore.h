// Checkpoints of N shards restored onto M: the same rows, and nothing of the
// sessions from before.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_RESTORE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_RESTORE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "tests/integration/faults/setup.h"

namespace rowhouse::faults {

struct RestoreOptions {
  Setup setup;
  int shards_max = 8;        // every N and M from 1 to this
  std::uint64_t steps = 60;  // of the training behind each checkpoint
};

struct RestoreResult {
  int pairs = 0;
  int unequal = 0;             // pairs whose rows differ in any bit
  std::uint64_t refused = 0;   // pushes of sessions from before
  std::uint64_t admitted = 0;  // of them, those that a shard took: never
};

absl::StatusOr<RestoreResult> RunRestores(const RestoreOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_RESTORE_H_
