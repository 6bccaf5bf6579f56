// kill -9 of servers while clients push, checkpoints are made and tables come
// and go: at random moments, and at the named places of crash_points.h.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_KILL_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_KILL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "rowhouse/table_spec.h"
#include "tests/integration/faults/setup.h"
#include "tests/integration/faults/workload.h"

namespace rowhouse::faults {

struct KillOptions {
  Setup setup;
  int cycles = 50;
  int shards = 2;
  int writers = 2;  // beside the trainer
  // Of both tables; by itself counters are PROCESS and the trained one POWER.
  // MEMORY promises nothing: a run with it must show losses, or it is blind.
  std::optional<Durability> durability;
  std::string only_point;  // every kill is there; empty: everywhere
};

struct KillResult {
  int cycles = 0;
  int in_recovery = 0;  // kills of a server that was starting
  int at_points = 0;    // kills at a named place
  // How often a server died at each place; places never asked for are absent,
  // and 0 is one that nobody came to in time.
  std::map<std::string, int> points;
  std::uint64_t checkpoints = 0;
  Workload::Verdict verdict;
};

// Runs `cycles` kills: of one server or of all, each followed by a restart on
// the same directory. Every push is retried by the client until it is
// acknowledged; the result says how the tables compare with that.
// NOT_FOUND: `only_point` is no place.
absl::StatusOr<KillResult> RunKillCycles(const KillOptions& options);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_KILL_H_
