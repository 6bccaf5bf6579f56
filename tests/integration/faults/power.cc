#include "tests/integration/faults/power.h"

#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "tests/integration/faults/housekeeping.h"
#include "tests/integration/faults/loop_disk.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

// Room for segments that two shards reserve and for some checkpoints.
constexpr std::uint64_t kDiskBytes = 2ull << 30;

// Servers on one disk and clients that push to them.
class Lab {
 public:
  static absl::StatusOr<std::unique_ptr<Lab>> Make(
      const Setup& setup, int shards, const Workload::Options& load,
      std::uint64_t seed) {
    auto lab = std::make_unique<Lab>(seed);
    ROWHOUSE_ASSIGN_OR_RETURN(lab->disk_,
                              LoopDisk::Make(setup.directory, kDiskBytes));
    ROWHOUSE_ASSIGN_OR_RETURN(lab->servers_,
                              Servers::Make(setup, shards, lab->disk_->path()));
    ROWHOUSE_RETURN_IF_ERROR(lab->servers_->Start());
    const std::string address = lab->servers_->Address();
    ROWHOUSE_ASSIGN_OR_RETURN(lab->workload_,
                              Workload::Start(address, address, load));
    ROWHOUSE_ASSIGN_OR_RETURN(
        lab->housekeeping_,
        Housekeeping::Start(address,
                            absl::StrCat(lab->disk_->path(), "/checkpoints")));
    return lab;
  }

  explicit Lab(std::uint64_t seed) : random_(seed) {}

  // One cut, sometimes another one while servers recover; then all serve.
  // True when there were two.
  absl::StatusOr<bool> Cut() {
    workload_->WaitUntilAllGoOn();
    // Sometimes long enough for a checkpoint to be made.
    const std::uint64_t longest_us = random_() % 4 == 0 ? 1'500'000 : 300'000;
    absl::SleepFor(absl::Microseconds(random_() % longest_us));
    ROWHOUSE_RETURN_IF_ERROR(CutAndRemount());
    const bool again = random_() % 4 == 0;
    if (again) {
      for (int i = 0; i < servers_->size(); ++i) {
        ROWHOUSE_RETURN_IF_ERROR((*servers_)[i].Spawn());
      }
      absl::SleepFor(absl::Milliseconds(random_() % 80));
      ROWHOUSE_RETURN_IF_ERROR(CutAndRemount());
    }
    ROWHOUSE_RETURN_IF_ERROR(servers_->Start());
    return again;
  }

  absl::StatusOr<Workload::Verdict> Conclude(const std::string& directory) {
    ROWHOUSE_RETURN_IF_ERROR(housekeeping_->Finish());
    return workload_->Conclude(directory);
  }

  std::uint64_t checkpoints() const { return housekeeping_->checkpoints(); }
  std::uint64_t acknowledged() { return workload_->acknowledged(); }

 private:
  absl::Status CutAndRemount() {
    ROWHOUSE_RETURN_IF_ERROR(servers_->Freeze());
    ROWHOUSE_RETURN_IF_ERROR(disk_->CutPower());
    servers_->Kill();
    return disk_->Remount();
  }

  // In the order in which they may go away, last first.
  std::mt19937_64 random_;
  std::unique_ptr<LoopDisk> disk_;
  std::unique_ptr<Servers> servers_;
  std::unique_ptr<Workload> workload_;
  std::unique_ptr<Housekeeping> housekeeping_;
};

// The level at which a cut may take what was acknowledged. The trainer would
// train on rows that are gone, so it stays away.
absl::Status RunProcessLevel(const PowerOptions& options, PowerResult& result) {
  Workload::Options load;
  load.seed = options.setup.seed;
  load.writers = options.writers;
  load.trainer = false;
  load.counters = Durability::kProcess;
  ROWHOUSE_ASSIGN_OR_RETURN(const Setup setup,
                            SetupBelow(options.setup, "process"));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto lab,
      Lab::Make(setup, options.shards, load, options.setup.seed + 1));
  while (result.process_level_trials < options.process_trials) {
    ROWHOUSE_RETURN_IF_ERROR(lab->Cut().status());
    ++result.process_level_trials;
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const Workload::Verdict verdict,
                            lab->Conclude(options.setup.directory));
  result.process_level_lost = verdict.lost;
  result.process_level_doubled = verdict.doubled;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PowerResult> RunPowerCuts(const PowerOptions& options) {
  PowerResult result;
  Workload::Options load;
  load.seed = options.setup.seed;
  load.writers = options.writers;
  load.counters = load.trained = Durability::kPower;
  ROWHOUSE_ASSIGN_OR_RETURN(const Setup setup,
                            SetupBelow(options.setup, "power"));
  Progress progress("power cuts", options.trials, options.setup.progress);
  {
    ROWHOUSE_ASSIGN_OR_RETURN(
        const auto lab,
        Lab::Make(setup, options.shards, load, options.setup.seed));
    while (result.trials < options.trials) {
      ROWHOUSE_ASSIGN_OR_RETURN(const bool again, lab->Cut());
      result.in_recovery += again ? 1 : 0;
      ++result.trials;
      progress.Show(result.trials,
                    absl::StrCat(lab->acknowledged(), " pushes acknowledged"));
    }
    ROWHOUSE_ASSIGN_OR_RETURN(result.verdict,
                              lab->Conclude(options.setup.directory));
    result.checkpoints = lab->checkpoints();
  }
  ROWHOUSE_RETURN_IF_ERROR(RunProcessLevel(options, result));
  return result;
}

}  // namespace rowhouse::faults
