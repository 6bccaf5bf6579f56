// A training run whose every step depends on all steps before it: gradients
// are made from the rows just looked up. So one push lost or applied twice
// changes the bits of the table at the end.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_TRAINING_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_TRAINING_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/client.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::faults {

TableSpec TrainedTable(std::uint64_t seed);

// Step `step` of the run: PushUntilKnown (pushing.h).
absl::Status TrainStep(Client& client, std::uint64_t seed, std::uint64_t step,
                       const std::atomic<bool>& abandoned);

// Weights and slots of all rows that differ in any bit between two clusters.
absl::StatusOr<std::uint64_t> UnequalRows(Client& a, Client& b,
                                          std::uint64_t seed);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_TRAINING_H_
