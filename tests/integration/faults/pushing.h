// A step of a client that gives nothing up: it ends when its push was applied
// or refused, however many deadlines pass meanwhile.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_PUSHING_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_PUSHING_H_

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "rowhouse/client.h"

namespace rowhouse::faults {

// Looks `feature` up and pushes what `gradients` makes of it: again from the
// lookup on where it was not sent; where the outcome is unknown, waits until it
// is known or nobody wants to know (`abandoned`). OK: applied, once. Else the
// refusal.
absl::Status PushUntilKnown(
    Client& client, const FeatureIds& feature,
    absl::FunctionRef<std::vector<float>(const Activation&)> gradients,
    std::uint64_t step, const std::atomic<bool>& abandoned);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_PUSHING_H_
