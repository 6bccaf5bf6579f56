// rowhouse-sim: simulations one after the other, and one line of JSON.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/sim/mutations.h"
#include "tests/sim/world.h"

namespace {

struct Flags {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 200;
  bool verbose = false;
  std::string mutation;
  bool mutations = false;
};

int Run(const Flags& flags) {
  std::uint64_t failed = 0;
  std::uint64_t steps = 0;
  for (std::uint64_t i = 0; i < flags.seeds; ++i) {
    const std::uint64_t seed = flags.first_seed + i;
    const rowhouse::sim::Outcome outcome =
        rowhouse::sim::Simulate(seed, flags.verbose);
    steps += outcome.steps;
    if (flags.verbose) {
      std::cerr << "seed " << seed << ": " << outcome.steps << " steps, digest "
                << outcome.digest << ", " << outcome.acknowledged
                << " acknowledged, " << outcome.lost_by_level
                << " lost as their level allows, " << outcome.lives
                << " lives, " << outcome.checkpoints << " checkpoints, "
                << outcome.rows_back << " rows evicted and read again\n";
    }
    if (outcome.failure.empty()) continue;
    ++failed;
    std::cerr << "seed " << seed << " FAILED at step " << outcome.steps << ": "
              << outcome.failure << "\nagain with: ./dev sim --first-seed "
              << seed << " --seeds 1 --verbose\n";
  }
  std::cout << absl::StrCat("{\"seeds\": ", flags.seeds,
                            ", \"failed\": ", failed, ", \"steps\": ", steps,
                            "}\n");
  return failed == 0 ? 0 : 1;
}

// Seeds that each bug is looked for in; they stop at the first that finds it.
constexpr std::uint64_t kHuntSeedsMax = 3000;

int RunMutations(const Flags& flags) {
  std::uint64_t seeded = 0;
  std::uint64_t found = 0;
  std::string missed;
  for (const auto& [name, mutation] : rowhouse::sim::Mutations()) {
    if (!flags.mutation.empty() && flags.mutation != name) continue;
    ++seeded;
    const auto finding =
        rowhouse::sim::Hunt(mutation, flags.first_seed, kHuntSeedsMax);
    if (finding.has_value()) {
      ++found;
      std::cerr << name << ": found with seed " << finding->seed << ": "
                << finding->what << "\n";
    } else {
      std::cerr << name << ": NOT FOUND in " << kHuntSeedsMax << " seeds\n";
      missed += (missed.empty() ? "\"" : ", \"") + std::string(name) + "\"";
    }
  }
  if (seeded == 0) {
    std::cerr << "no mutation '" << flags.mutation << "'; there are:\n";
    for (const auto& known : rowhouse::sim::Mutations()) {
      std::cerr << "  " << known.name << "\n";
    }
    return 2;
  }
  std::cout << absl::StrCat("{\"seeded\": ", seeded, ", \"found\": ", found,
                            ", \"missed\": [", missed, "]}\n");
  return found == seeded ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Simulates shards and clients under seeds.", "rowhouse-sim");
  Flags flags;
  app.add_option("--first-seed", flags.first_seed, "the first seed");
  app.add_option("--seeds", flags.seeds, "how many, one after the other");
  app.add_flag("--verbose", flags.verbose, "tell every event");
  app.add_option("--mutation", flags.mutation, "look for one seeded bug");
  app.add_flag("--mutations", flags.mutations, "look for all of them");
  CLI11_PARSE(app, argc, argv);
  const bool hunt = flags.mutations || !flags.mutation.empty();
  return hunt ? RunMutations(flags) : Run(flags);
}
