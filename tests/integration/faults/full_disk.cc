#include "tests/integration/faults/full_disk.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "tests/integration/faults/counters.h"
#include "tests/integration/faults/loop_disk.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

// Room for the segments that a shard keeps before it settles, and for rows.
constexpr std::uint64_t kDiskBytes = 1ull << 30;

// Pushes of a quarter of a megabyte, so that the room that the journal has
// reserved is used up within a second.
CounterShape WideCounters() {
  return {.table = "wide", .columns = 1024, .rows = 64, .ids_per_push = 64};
}

// How long a full disk may take to be noticed, and room to be used.
constexpr absl::Duration kPatience = absl::Seconds(60);

// Takes all the room there is; gives it back when destroyed.
class Ballast {
 public:
  explicit Ballast(const std::string& directory)
      : path_(absl::StrCat(directory, "/ballast")),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) {
    Fill();
  }
  ~Ballast() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  Ballast(const Ballast&) = delete;
  Ballast& operator=(const Ballast&) = delete;

  // Again: something may have been given back since.
  void Fill() {
    for (off_t step = 256 << 20; step >= 4096;) {
      if (::fallocate(fd_, 0, size_, step) == 0) {
        size_ += step;
      } else {
        step /= 2;
      }
    }
  }

 private:
  const std::string path_;
  const int fd_;
  off_t size_ = 0;
};

// A client that pushes, and one that looks, each in a thread.
class Clients {
 public:
  Clients(std::uint64_t seed, Client pusher, Client looker)
      : seed_(seed),
        pusher_(std::move(pusher)),
        looker_(std::move(looker)),
        push_thread_([this] { PushLoop(); }),
        look_thread_([this] { LookLoop(); }) {}
  ~Clients() {
    abandoned_ = true;
    Stop().IgnoreError();
  }

  absl::Status Stop() {
    stop_ = true;
    if (push_thread_.joinable()) push_thread_.join();
    if (look_thread_.joinable()) look_thread_.join();
    return status_;
  }

  absl::StatusOr<CounterOracle::Verdict> Compare() {
    return oracle_.Compare(looker_);
  }

  std::uint64_t acked() { return oracle_.acknowledged(); }
  std::uint64_t rejected() const { return rejected_; }
  std::uint64_t lookups() const { return lookups_; }
  std::uint64_t lookups_failed() const { return lookups_failed_; }
  bool ended() const { return ended_; }
  // While a server is restarted, lookups may fail.
  void set_restarting(bool restarting) { restarting_ = restarting; }

 private:
  void PushLoop() {
    for (std::uint64_t sequence = 0; !stop_; ++sequence) {
      const absl::Status status = PushCounters(
          pusher_, oracle_, CounterPush(seed_, 1, sequence, WideCounters()),
          sequence, abandoned_);
      if (absl::IsResourceExhausted(status)) {
        ++rejected_;
        absl::SleepFor(absl::Milliseconds(1));
      } else if (!status.ok()) {
        status_ = status;
        break;
      }
    }
    ended_ = true;
  }

  void LookLoop() {
    const CounterPush some(seed_, 2, 0, WideCounters());
    while (!stop_) {
      const bool excused = restarting_;
      auto found = looker_.Lookup({some.feature});
      ++lookups_;
      if (!found.ok() && !excused && !restarting_) ++lookups_failed_;
      absl::SleepFor(absl::Milliseconds(2));
    }
  }

  const std::uint64_t seed_;
  Client pusher_;
  Client looker_;
  CounterOracle oracle_{WideCounters()};
  absl::Status status_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> abandoned_{false};
  std::atomic<bool> ended_{false};
  std::atomic<bool> restarting_{false};
  std::atomic<std::uint64_t> rejected_{0};
  std::atomic<std::uint64_t> lookups_{0};
  std::atomic<std::uint64_t> lookups_failed_{0};
  std::thread push_thread_;
  std::thread look_thread_;
};

class FullDiskRun {
 public:
  explicit FullDiskRun(const FullDiskOptions& options)
      : options_(options), random_(options.setup.seed) {}

  absl::Status Start() {
    ROWHOUSE_ASSIGN_OR_RETURN(
        disk_, LoopDisk::Make(options_.setup.directory, kDiskBytes));
    ROWHOUSE_ASSIGN_OR_RETURN(servers_,
                              Servers::Make(options_.setup, 1, disk_->path()));
    ROWHOUSE_RETURN_IF_ERROR(servers_->Start());
    ROWHOUSE_ASSIGN_OR_RETURN(Client pusher,
                              Client::Connect(servers_->Address()));
    ClientOptions looking;
    looking.open_sessions = false;
    ROWHOUSE_ASSIGN_OR_RETURN(Client looker,
                              Client::Connect(servers_->Address(), looking));
    ROWHOUSE_RETURN_IF_ERROR(pusher.CreateTable(CounterTable(WideCounters())));
    clients_ = std::make_unique<Clients>(options_.setup.seed, std::move(pusher),
                                         std::move(looker));
    return absl::OkStatus();
  }

  // Fills the disk until pushes are refused, sometimes kills the server there,
  // makes room, and waits until pushes go on.
  absl::Status Cycle() {
    const std::uint64_t rejected = clients_->rejected();
    auto ballast = std::make_unique<Ballast>(disk_->path());
    ROWHOUSE_RETURN_IF_ERROR(WaitFor("a push to be refused", [&] {
      ballast->Fill();
      return clients_->rejected() > rejected;
    }));
    absl::SleepFor(absl::Milliseconds(random_() % 500));
    const bool kill = random_() % 4 == 0;
    if (kill) KillFull();
    const std::uint64_t acked = clients_->acked();
    ballast.reset();
    const absl::Time room = absl::Now();
    ROWHOUSE_RETURN_IF_ERROR(servers_->Start());
    ROWHOUSE_RETURN_IF_ERROR(WaitFor(
        "pushes to go on", [&] { return clients_->acked() > acked + 1; }));
    clients_->set_restarting(false);
    ++result_.resumed;
    result_.slowest_resume =
        std::max(result_.slowest_resume, absl::Now() - room);
    ++result_.cycles;
    return absl::OkStatus();
  }

  absl::StatusOr<FullDiskResult> Finish() {
    ROWHOUSE_RETURN_IF_ERROR(clients_->Stop());
    ROWHOUSE_ASSIGN_OR_RETURN(const auto verdict, clients_->Compare());
    result_.lost = verdict.lost;
    result_.doubled = verdict.doubled;
    result_.acked = clients_->acked();
    result_.rejected = clients_->rejected();
    result_.lookups = clients_->lookups();
    result_.lookups_failed = clients_->lookups_failed();
    return result_;
  }

  const FullDiskResult& result() const { return result_; }

 private:
  void KillFull() {
    clients_->set_restarting(true);
    ServerProcess& server = (*servers_)[0];
    server.Kill();
    ++result_.killed_full;
    if (server.Start().ok()) {
      ++result_.restarted_full;
    } else {
      server.Kill();
    }
  }

  template <typename Condition>
  absl::Status WaitFor(absl::string_view what, Condition condition) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (!condition()) {
      if (clients_->ended()) {
        return absl::InternalError(
            absl::StrCat("a push ended: ", clients_->Stop().ToString()));
      }
      if (absl::Now() > deadline) {
        return absl::DeadlineExceededError(
            absl::StrCat("waited in vain for ", what));
      }
      absl::SleepFor(absl::Milliseconds(2));
    }
    return absl::OkStatus();
  }

  const FullDiskOptions& options_;
  std::mt19937_64 random_;
  FullDiskResult result_;
  std::unique_ptr<LoopDisk> disk_;
  std::unique_ptr<Servers> servers_;
  std::unique_ptr<Clients> clients_;
};

}  // namespace

absl::StatusOr<FullDiskResult> RunFullDisk(const FullDiskOptions& options) {
  FullDiskRun run(options);
  ROWHOUSE_RETURN_IF_ERROR(run.Start());
  Progress progress("full disks", static_cast<std::uint64_t>(options.cycles),
                    options.setup.progress);
  while (run.result().cycles < options.cycles) {
    ROWHOUSE_RETURN_IF_ERROR(run.Cycle());
    progress.Show(static_cast<std::uint64_t>(run.result().cycles));
  }
  return run.Finish();
}

}  // namespace rowhouse::faults
