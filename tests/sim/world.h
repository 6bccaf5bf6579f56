// One simulation: machines, network, clients and faults under one seed, from
// the first table to the last row compared.
#ifndef ROWHOUSE_TESTS_SIM_WORLD_H_
#define ROWHOUSE_TESTS_SIM_WORLD_H_

#include <cstdint>
#include <string>

namespace rowhouse::sim {

struct Outcome {
  std::string failure;  // empty: all promises were kept
  std::uint64_t steps = 0;
  std::uint64_t digest = 0;  // equal for equal runs
  std::uint64_t acknowledged = 0;
  std::uint64_t lost_by_level = 0;  // as their level allows
  std::uint64_t lives = 0;          // of all shards
  std::uint64_t checkpoints = 0;    // that were made among pushes
  // Rows that a process had in memory, let go and read from the row store.
  std::uint64_t rows_back = 0;
};

// `tell`: every event goes to standard error. A run that does not come to its
// end leaves its memory behind.
Outcome Simulate(std::uint64_t seed, bool tell);

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_WORLD_H_
