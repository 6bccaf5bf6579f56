#include "tests/integration/faults/pause.h"

#include <signal.h>

#include <memory>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

// One server, or sometimes all; sometimes what stands still is killed.
absl::Status PauseOnce(const PauseOptions& options, Servers& servers,
                       std::mt19937_64& random, PauseResult& result) {
  std::vector<ServerProcess*> victims;
  if (random() % 4 == 0) {
    for (int i = 0; i < servers.size(); ++i) victims.push_back(&servers[i]);
  } else {
    victims.push_back(&servers[static_cast<int>(
        random() % static_cast<std::uint64_t>(servers.size()))]);
  }
  for (ServerProcess* victim : victims) ::kill(victim->pid(), SIGSTOP);
  const absl::Duration pause =
      options.shortest + (options.longest - options.shortest) *
                             (static_cast<double>(random() % 1000) / 1000);
  absl::SleepFor(pause);
  result.paused += pause;
  if (random() % 4 == 0) {
    for (ServerProcess* victim : victims) {
      victim->Kill();
      ++result.killed;
    }
    return servers.Start();
  }
  for (ServerProcess* victim : victims) ::kill(victim->pid(), SIGCONT);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PauseResult> RunPauses(const PauseOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto servers,
                            Servers::Make(options.setup, options.shards));
  ROWHOUSE_RETURN_IF_ERROR(servers->Start());
  const std::string address = servers->Address();
  Workload::Options load;
  load.seed = options.setup.seed;
  load.writers = options.writers;
  load.timeout = options.timeout;
  ROWHOUSE_ASSIGN_OR_RETURN(const auto workload,
                            Workload::Start(address, address, load));
  std::mt19937_64 random(options.setup.seed);
  Progress progress("pauses", static_cast<std::uint64_t>(options.cycles),
                    options.setup.progress);
  PauseResult result;
  while (result.cycles < options.cycles) {
    workload->WaitUntilAllGoOn();
    absl::SleepFor(absl::Milliseconds(random() % 100));
    ROWHOUSE_RETURN_IF_ERROR(PauseOnce(options, *servers, random, result));
    ++result.cycles;
    progress.Show(
        static_cast<std::uint64_t>(result.cycles),
        absl::StrCat(workload->acknowledged(), " pushes acknowledged"));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(result.verdict,
                            workload->Conclude(options.setup.directory));
  return result;
}

}  // namespace rowhouse::faults
