// What durability costs one shard in this process: pushes at each level from
// many threads, beside a bare loop that writes and syncs the same bytes, and
// how fast a killed shard repeats its journal.
#ifndef ROWHOUSE_BENCH_DURABILITY_CASES_H_
#define ROWHOUSE_BENCH_DURABILITY_CASES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/pusher.h"

namespace rowhouse::bench {

struct DurabilityCases {
  std::string directory;  // empty; on the disk that is measured
  PushShape pushes;
  int clients = 16;
  absl::Duration duration;  // of one case
};

struct DurabilityFigures {
  // Pushes a second of all clients.
  double memory = 0;
  double process = 0;
  double power = 0;
  // Pushes' bytes a second: of POWER, and of a loop that writes as much as all
  // clients push at once and syncs, in a file that grows.
  double power_bytes = 0;
  double bare_bytes = 0;
  // Of one core that repeats the journal of a killed shard.
  double replay_rows = 0;   // a second
  double replay_bytes = 0;  // a second
};

// MEMORY and PROCESS take turns, and so do POWER and the bare loop, so that a
// machine that changes its speed changes it for both.
absl::StatusOr<DurabilityFigures> MeasureDurability(
    const DurabilityCases& cases);

}  // namespace rowhouse::bench

#endif  // ROWHOUSE_BENCH_DURABILITY_CASES_H_
