// The scenarios of the protocol's models, for the real code. Each is small
// enough to be walked completely.
#ifndef ROWHOUSE_TESTS_SIM_MODELS_SCENARIOS_H_
#define ROWHOUSE_TESTS_SIM_MODELS_SCENARIOS_H_

#include <cstdint>
#include <vector>

#include "tests/sim/models/explorer.h"
#include "tests/sim/models/shard_model.h"

namespace rowhouse::sim {

// sessions, window, recycle, forget, tables, twice, torn, recovery, restore,
// lazy. Those with cuts (cut, cut_power, cut_recycle, join) come with cuts by
// epoch.
const std::vector<Scenario>& Scenarios();

// REQUIRES: there is one of that name.
const Scenario& ScenarioOf(const std::string& name);

Exploration Explore(const Scenario& scenario, std::uint64_t states_max);

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_MODELS_SCENARIOS_H_
