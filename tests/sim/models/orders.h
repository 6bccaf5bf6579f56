// Walks every order in which the tasks of a small simulation can go on, up to a
// number of times that one is exchanged while it could go on itself: most races
// need one or two.
#ifndef ROWHOUSE_TESTS_SIM_MODELS_ORDERS_H_
#define ROWHOUSE_TESTS_SIM_MODELS_ORDERS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/sim/choices.h"

namespace rowhouse::sim {

struct Orders {
  std::uint64_t runs = 0;
  bool complete = false;
  absl::Status violation;            // of the first run that has one
  std::vector<std::size_t> choices;  // of that run
};

// `run` is a function of the choices. Stops at the first violation, or after
// `runs_max` runs.
Orders WalkOrders(const std::function<absl::Status(Choices&)>& run,
                  int exchanges_max, std::uint64_t runs_max);

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_MODELS_ORDERS_H_
