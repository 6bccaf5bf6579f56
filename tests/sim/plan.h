// What a seed stands for: the sizes, tables, weather and faults of one run.
#ifndef ROWHOUSE_TESTS_SIM_PLAN_H_
#define ROWHOUSE_TESTS_SIM_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/sim/ledger.h"
#include "tests/sim/network.h"

namespace rowhouse::sim {

struct Plan {
  std::uint64_t switch_one_in = 1;  // how often tasks are exchanged
  std::uint32_t shards = 1;
  std::uint32_t lanes = 1;
  std::uint64_t trainers = 1;
  std::uint64_t clients = 0;  // trainers beside them, with the product's client
  std::uint64_t pushes = 0;   // of each trainer
  std::uint64_t in_flight_max = 1;
  std::uint64_t restart_one_in = 0;
  std::uint64_t segment_bytes = 0;
  std::uint64_t unsettled_bytes = 0;
  absl::Duration maintain_period;
  std::uint64_t row_memory_bytes = 0;  // of a shard; 0: all rows are in memory
  absl::Duration row_memory_wait;
  Network::Weather weather;
  std::vector<SimTable> tables;

  std::uint64_t faults = 0;  // how many things happen to machines
  absl::Duration faults_apart_max;
  bool kills = false;
  bool power_cuts = false;
  bool disk_errors = false;
  bool full_disks = false;
  bool partitions = false;
  bool blackouts = false;  // all machines and the shared disk lose power
  std::uint64_t other_tables = 0;  // made, and some dropped, meanwhile
  std::uint64_t checkpoints = 0;
  std::uint64_t restores = 0;  // of them, among pushes
  // Of sessions that a checkpoint waits for.
  absl::Duration session_lease;
};

Plan PlanOf(std::uint64_t seed);

// One line for a person.
std::string Describe(const Plan& plan);

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_PLAN_H_
