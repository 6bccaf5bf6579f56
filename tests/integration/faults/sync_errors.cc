#include "tests/integration/faults/sync_errors.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "tests/integration/faults/housekeeping.h"
#include "tests/integration/faults/loop_disk.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

constexpr std::uint64_t kDiskBytes = 2ull << 30;

// The promise: a server whose journal failed serves no more after so long.
constexpr absl::Duration kStopWithin = absl::Seconds(1);

// And its process ends, for whoever started it to start it anew.
constexpr absl::Duration kEndPatience = absl::Seconds(20);

// Within this time a server syncs something.
constexpr absl::Duration kSyncPatience = absl::Seconds(20);

const char* NameOf(FileKind kind) {
  switch (kind) {
    case FileKind::kJournal:
    case FileKind::kSpareSegment:
    case FileKind::kSyncedMark:
      return "journal";
    // Synced after a removal too, which may fail: the segment is there again.
    case FileKind::kJournalDirectory:
      return "journal directory";
    case FileKind::kWatermarks:
      return "watermarks";
    case FileKind::kManifest:
    case FileKind::kDataDirectory:
      return "data directory";
    case FileKind::kPart:
    case FileKind::kPartManifest:
    case FileKind::kPartDirectory:
    case FileKind::kCheckpointManifest:
    case FileKind::kCheckpointDirectory:
      return "checkpoint";
    default:
      return "rows";
  }
}

class SyncErrorRun {
 public:
  explicit SyncErrorRun(const SyncErrorOptions& options) : options_(options) {}

  absl::Status Start() {
    auto disk = LoopDisk::Make(options_.setup.directory, kDiskBytes);
    if (disk.ok()) {
      disk_ = *std::move(disk);
      result_.power_cut = true;
    } else if (!absl::IsUnimplemented(disk.status())) {
      return disk.status();
    }
    const std::string data =
        disk_ == nullptr ? options_.setup.directory : disk_->path();
    ROWHOUSE_ASSIGN_OR_RETURN(servers_, Servers::Make(options_.setup, 1, data));
    ROWHOUSE_RETURN_IF_ERROR(servers_->Start());
    const std::string address = servers_->Address();
    Workload::Options load;
    load.seed = options_.setup.seed;
    load.counters = load.trained = Durability::kPower;
    ROWHOUSE_ASSIGN_OR_RETURN(workload_,
                              Workload::Start(address, address, load));
    ROWHOUSE_ASSIGN_OR_RETURN(
        housekeeping_,
        Housekeeping::Start(address, absl::StrCat(data, "/checkpoints")));
    ClientOptions watching;
    watching.timeout = absl::Milliseconds(500);
    watching.open_sessions = false;
    ROWHOUSE_ASSIGN_OR_RETURN(Client watcher,
                              Client::Connect(address, watching));
    watcher_ = std::make_unique<Client>(std::move(watcher));
    return absl::OkStatus();
  }

  // The sync after `skip` others fails.
  absl::Status Trial(int skip) {
    workload_->WaitUntilAllGoOn();
    ShimControl& shim = servers_->shim(0);
    shim.Arm({.act = Act::kFail,
              .calls = Bit(Call::kSync),
              .skip = static_cast<std::uint64_t>(skip),
              .error = EIO});
    const absl::Time deadline = absl::Now() + kSyncPatience;
    while (shim.acted() == 0) {
      if (absl::Now() > deadline) {
        return absl::DeadlineExceededError("the server syncs nothing");
      }
      absl::SleepFor(absl::Microseconds(200));
    }
    const absl::Time failed = absl::Now();
    const std::string file = NameOf(shim.acted_on());
    ++result_.files[file];
    if (file == "journal") {
      ++result_.of_journal;
      WatchItStop(failed);
      if (result_.of_journal == 1) {
        ROWHOUSE_ASSIGN_OR_RETURN(result_.exit_status,
                                  (*servers_)[0].Wait(kEndPatience));
      }
    } else {
      absl::SleepFor(absl::Milliseconds(20));
    }
    shim.Disarm();
    ++result_.trials;
    if (file == "journal" && result_.of_journal % 2 == 0) {
      ++result_.restarted;
      servers_->Kill();
      ROWHOUSE_RETURN_IF_ERROR(servers_->Start());
      workload_->WaitUntilAllGoOn();
    }
    return Restart();
  }

  absl::StatusOr<SyncErrorResult> Finish() {
    ROWHOUSE_RETURN_IF_ERROR(housekeeping_->Finish());
    ROWHOUSE_ASSIGN_OR_RETURN(result_.verdict,
                              workload_->Conclude(options_.setup.directory));
    return result_;
  }

 private:
  void WatchItStop(absl::Time failed) {
    while (absl::Now() < failed + kStopWithin) {
      const auto shards = watcher_->Shards();
      if (!shards.ok() || shards->front().state != "serving") {
        ++result_.stopped;
        result_.slowest_stop =
            std::max(result_.slowest_stop, absl::Now() - failed);
        return;
      }
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

  absl::Status Restart() {
    if (disk_ != nullptr) {
      ROWHOUSE_RETURN_IF_ERROR(servers_->Freeze());
      ROWHOUSE_RETURN_IF_ERROR(disk_->CutPower());
    }
    servers_->Kill();
    servers_->shim(0).EndLies();
    if (disk_ != nullptr) ROWHOUSE_RETURN_IF_ERROR(disk_->Remount());
    return servers_->Start();
  }

  const SyncErrorOptions& options_;
  SyncErrorResult result_;
  std::unique_ptr<LoopDisk> disk_;
  std::unique_ptr<Servers> servers_;
  std::unique_ptr<Workload> workload_;
  std::unique_ptr<Housekeeping> housekeeping_;
  std::unique_ptr<Client> watcher_;
};

}  // namespace

absl::StatusOr<SyncErrorResult> RunSyncErrors(const SyncErrorOptions& options) {
  SyncErrorRun run(options);
  ROWHOUSE_RETURN_IF_ERROR(run.Start());
  Progress progress("failed syncs", static_cast<std::uint64_t>(options.trials),
                    options.setup.progress);
  for (int trial = 0; trial < options.trials; ++trial) {
    ROWHOUSE_RETURN_IF_ERROR(run.Trial(trial));
    progress.Show(static_cast<std::uint64_t>(trial) + 1);
  }
  return run.Finish();
}

}  // namespace rowhouse::faults
