#include "tests/integration/faults/kill.h"

#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "tests/integration/faults/crash_points.h"
#include "tests/integration/faults/housekeeping.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/servers.h"

namespace rowhouse::faults {
namespace {

// Within this time a server comes to a place that it comes to at all.
constexpr absl::Duration kPointPatience = absl::Seconds(3);

// Calls that are let by before the one that kills: writes and syncs come in
// rows, the rest once in a while.
std::uint64_t SkipMax(const CrashPoint& point) {
  return point.call == Call::kWrite || point.call == Call::kSync ? 4 : 1;
}

class Killer {
 public:
  Killer(const KillOptions& options, Servers& servers, KillResult& result)
      : servers_(servers),
        result_(result),
        random_(options.setup.seed),
        next_point_(random_()) {
    for (const CrashPoint& point : CrashPoints()) {
      if (options.only_point.empty() || options.only_point == point.name) {
        points_.push_back(&point);
      }
    }
    only_points_ = !options.only_point.empty();
  }

  bool HasPoints() const { return !points_.empty(); }
  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }

  // One kill and restart, after which everything serves.
  absl::Status Cycle() {
    if (!only_points_ && Draw(2) == 0) return KillAtAnyMoment();
    const CrashPoint& point = *points_[next_point_++ % points_.size()];
    const bool starting = point.starting && (!point.serving || Draw(2) == 0);
    const absl::StatusOr<bool> died =
        starting ? KillWhileStarting(point) : KillWhileServing(point);
    ROWHOUSE_RETURN_IF_ERROR(died.status());
    result_.points[point.name] += *died ? 1 : 0;
    result_.at_points += *died ? 1 : 0;
    result_.in_recovery += *died && starting ? 1 : 0;
    return servers_.Start();
  }

 private:
  int PickVictim() {
    return static_cast<int>(Draw(static_cast<std::uint64_t>(servers_.size())));
  }

  // Sometimes of all servers, sometimes again while they recover.
  absl::Status KillAtAnyMoment() {
    std::vector<ServerProcess*> victims = {&servers_[PickVictim()]};
    if (Draw(8) == 0) {
      victims.clear();
      for (int i = 0; i < servers_.size(); ++i) {
        victims.push_back(&servers_[i]);
      }
    }
    for (ServerProcess* victim : victims) victim->Kill();
    if (Draw(4) == 0) {
      for (ServerProcess* victim : victims) {
        ROWHOUSE_RETURN_IF_ERROR(victim->Spawn());
      }
      absl::SleepFor(absl::Milliseconds(Draw(60)));
      for (ServerProcess* victim : victims) victim->Kill();
      ++result_.in_recovery;
    }
    return servers_.Start();
  }

  // Whichever server comes there first. False: none did, and one is killed
  // where it stands.
  absl::StatusOr<bool> KillWhileServing(const CrashPoint& point) {
    const Fault fault = KillAt(point, Draw(SkipMax(point)));
    for (int i = 0; i < servers_.size(); ++i) servers_.shim(i).Arm(fault);
    const absl::Time deadline = absl::Now() + kPointPatience;
    bool died = false;
    while (!died && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(1));
      for (int i = 0; i < servers_.size(); ++i) {
        died = died || servers_.shim(i).acted() > 0;
      }
    }
    for (int i = 0; i < servers_.size(); ++i) {
      servers_.shim(i).Disarm();
      if (servers_.shim(i).acted() > 0) servers_[i].Kill();
    }
    if (!died) servers_[PickVictim()].Kill();
    return died;
  }

  absl::StatusOr<bool> KillWhileStarting(const CrashPoint& point) {
    const int victim = PickVictim();
    ServerProcess& server = servers_[victim];
    ShimControl& shim = servers_.shim(victim);
    server.Kill();
    shim.Arm(KillAt(point, Draw(SkipMax(point))));
    ROWHOUSE_RETURN_IF_ERROR(server.Spawn());
    const absl::Status serving = server.WaitUntilServing();
    const bool died = shim.acted() > 0;
    shim.Disarm();
    if (!serving.ok() && !died) return serving;
    server.Kill();
    return died;
  }

  Servers& servers_;
  KillResult& result_;
  std::mt19937_64 random_;
  std::vector<const CrashPoint*> points_;
  std::uint64_t next_point_;
  bool only_points_ = false;
};

}  // namespace

absl::StatusOr<KillResult> RunKillCycles(const KillOptions& options) {
  KillResult result;
  ROWHOUSE_ASSIGN_OR_RETURN(const auto servers,
                            Servers::Make(options.setup, options.shards));
  Killer killer(options, *servers, result);
  if (!killer.HasPoints()) {
    return absl::NotFoundError(
        absl::StrCat("no place is called '", options.only_point, "'"));
  }
  ROWHOUSE_RETURN_IF_ERROR(servers->Start());
  const std::string address = servers->Address();
  Workload::Options load;
  load.seed = options.setup.seed;
  load.writers = options.writers;
  load.counters = options.durability.value_or(load.counters);
  load.trained = options.durability.value_or(load.trained);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto workload,
                            Workload::Start(address, address, load));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto housekeeping,
      Housekeeping::Start(
          address, absl::StrCat(options.setup.directory, "/checkpoints")));

  Progress progress("kills", options.cycles, options.setup.progress);
  absl::Status status;
  while (status.ok() && result.cycles < options.cycles) {
    workload->WaitUntilAllGoOn();
    absl::SleepFor(absl::Microseconds(killer.Draw(120'000)));
    status = killer.Cycle();
    ++result.cycles;
    progress.Show(result.cycles, absl::StrCat(workload->acknowledged(),
                                              " pushes acknowledged"));
  }
  status.Update(housekeeping->Finish());
  result.checkpoints = housekeeping->checkpoints();
  ROWHOUSE_RETURN_IF_ERROR(status);
  ROWHOUSE_ASSIGN_OR_RETURN(result.verdict,
                            workload->Conclude(options.setup.directory));
  return result;
}

}  // namespace rowhouse::faults
