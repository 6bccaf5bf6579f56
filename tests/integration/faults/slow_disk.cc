#include "tests/integration/faults/slow_disk.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

std::uint64_t ResidentBytes(pid_t pid) {
  std::ifstream in(absl::StrCat("/proc/", pid, "/statm"));
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  in >> pages >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

absl::StatusOr<SlowDiskResult> RunSlowDisk(const SlowDiskOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto servers,
                            Servers::Make(options.setup, 1));
  ROWHOUSE_RETURN_IF_ERROR(servers->Start());
  const std::string address = servers->Address();
  Workload::Options load;
  load.seed = options.setup.seed;
  load.writers = options.writers;
  load.counters = load.trained = Durability::kPower;
  ROWHOUSE_ASSIGN_OR_RETURN(const auto workload,
                            Workload::Start(address, address, load));
  workload->WaitUntilAllGoOn();
  const pid_t pid = (*servers)[0].pid();
  SlowDiskResult result;
  result.memory_before = result.memory_most = ResidentBytes(pid);
  std::mt19937_64 random(options.setup.seed);
  Progress progress("slow disks", static_cast<std::uint64_t>(options.cycles),
                    options.setup.progress);
  while (result.cycles < options.cycles) {
    const absl::Duration delay =
        options.delay_min + (options.delay_max - options.delay_min) *
                                (static_cast<double>(random() % 1000) / 1000);
    servers->shim(0).Arm({.act = Act::kDelay,
                          .calls = Bit(Call::kSync),
                          .times = ~std::uint64_t{0},
                          .delay = delay});
    const absl::Time end = absl::Now() + options.slow_for;
    while (absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(20));
      result.memory_most = std::max(result.memory_most, ResidentBytes(pid));
    }
    servers->shim(0).Disarm();
    const absl::Time fast = absl::Now();
    workload->WaitUntilAllGoOn();
    result.slowest_return = std::max(result.slowest_return, absl::Now() - fast);
    ++result.cycles;
    progress.Show(static_cast<std::uint64_t>(result.cycles));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(result.verdict,
                            workload->Conclude(options.setup.directory));
  return result;
}

}  // namespace rowhouse::faults
