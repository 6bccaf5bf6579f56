// A training run whose every step depends on all steps before it: gradients
// are made from the rows just looked up. So one push lost or applied twice
// changes the bits of the table at the end.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_TRAINING_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_TRAINING_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/client.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::faults {

TableSpec TrainedTable(std::uint64_t seed);

// Step `step` of the run: PushUntilKnown (pushing.h).
absl::Status TrainStep(Client& client, std::uint64_t seed, std::uint64_t step,
                       const std::atomic<bool>& abandoned);

// All rows of the table, and how many differ in any bit of weights and slots.
absl::StatusOr<Rows> ReadTrained(Client& client, std::uint64_t seed);
absl::StatusOr<std::uint64_t> UnequalRows(const Rows& a, const Rows& b);
absl::StatusOr<std::uint64_t> UnequalRows(Client& a, Client& b,
                                          std::uint64_t seed);

// The same run that nobody disturbs, in this process: its client after
// `steps` steps, below `directory`.
absl::StatusOr<Client> UndisturbedRun(const std::string& directory,
                                      std::uint64_t seed, std::uint64_t steps);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_TRAINING_H_
