// rowhouse-faults: breaks real servers and counts what was lost or doubled.
// The last line of standard output is one JSON object.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/faults/kill.h"
#include "tests/testing/temp_dir.h"

int main(int argc, char** argv) {
  CLI::App app{"Breaks rowhouse servers on purpose and checks the promises."};
  app.require_subcommand(1);
  rowhouse::faults::KillOptions options;
  options.progress = isatty(STDERR_FILENO) != 0;
  CLI::App* kill = app.add_subcommand(
      "kill", "kill -9 servers at random moments while clients push");
  kill->add_option("--server-binary", options.server_binary)
      ->required()
      ->check(CLI::ExistingFile);
  kill->add_option("--cycles", options.cycles, "Kills")
      ->check(CLI::Range(1, 1000000));
  kill->add_option("--seed", options.seed, "Of moments, victims and pushes");
  kill->add_option("--shards", options.shards)->check(CLI::Range(1, 16));
  kill->add_option("--writers", options.writers)->check(CLI::Range(0, 16));
  kill->add_option("--durability", options.durability,
                   "memory loses, and says so; process and power must not")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, rowhouse::Durability>{
              {"memory", rowhouse::Durability::kMemory},
              {"process", rowhouse::Durability::kProcess},
              {"power", rowhouse::Durability::kPower}}));
  CLI11_PARSE(app, argc, argv);

  const rowhouse::TempDir directory;
  options.directory = directory.path();
  const auto result = rowhouse::faults::RunKillCycles(options);
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
    return 1;
  }
  const nlohmann::ordered_json line = {{"cycles", result->cycles},
                                       {"acked", result->acked},
                                       {"lost", result->lost},
                                       {"doubled", result->doubled},
                                       {"seed", options.seed},
                                       {"trained_steps", result->steps},
                                       {"unequal_rows", result->unequal_rows}};
  std::printf("%s\n", line.dump().c_str());
  const bool kept = result->lost == 0 && result->doubled == 0 &&
                    result->unequal_rows == 0 && result->acked > 0;
  return kept ? 0 : 1;
}
