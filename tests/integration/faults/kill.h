// kill -9 of servers while clients push.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_KILL_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_KILL_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::faults {

struct KillOptions {
  std::string server_binary;
  std::string directory;  // for data; must exist and be empty
  int cycles = 50;
  std::uint64_t seed = 1;
  int shards = 2;
  int writers = 2;  // beside the trainer
  // Of both tables. MEMORY promises nothing: a run with it must show losses,
  // or the test is blind.
  Durability durability = Durability::kProcess;
  bool progress = false;
};

struct KillResult {
  int cycles = 0;
  std::uint64_t acked = 0;
  std::uint64_t lost = 0;
  std::uint64_t doubled = 0;
  std::uint64_t steps = 0;         // of the trainer
  std::uint64_t unequal_rows = 0;  // against an undisturbed run
};

// Runs `cycles` kills: of one server or of all, at a random moment of training
// or of recovery, each followed by a restart on the same directory. Every push
// is retried by the client until it is acknowledged; the result says how the
// tables compare with what was acknowledged.
absl::StatusOr<KillResult> RunKillCycles(const KillOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_KILL_H_
