// The seeded bugs of base/mutation.h by name, and whether the simulator finds
// one.
#ifndef ROWHOUSE_TESTS_SIM_MUTATIONS_H_
#define ROWHOUSE_TESTS_SIM_MUTATIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "base/mutation.h"

namespace rowhouse::sim {

struct NamedMutation {
  const char* name;
  Mutation mutation;
};

// Every one but kNone.
absl::Span<const NamedMutation> Mutations();

struct Finding {
  std::uint64_t seed = 0;
  std::string what;  // the first line of the failure
};

// Runs seeds from `first_seed` on, at most `seeds` of them, with the bug in the
// product, until one fails.
std::optional<Finding> Hunt(Mutation mutation, std::uint64_t first_seed,
                            std::uint64_t seeds);

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_MUTATIONS_H_
