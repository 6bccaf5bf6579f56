#include "tests/integration/faults/kill.h"

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "tests/integration/faults/counters.h"
#include "tests/integration/faults/training.h"
#include "tests/testing/server_process.h"

namespace rowhouse::faults {
namespace {

class Cluster {
 public:
  explicit Cluster(const KillOptions& options) {
    for (auto& server : ClusterOptions(options.server_binary, options.directory,
                                       options.shards)) {
      servers_.push_back(std::make_unique<ServerProcess>(std::move(server)));
    }
  }

  absl::Status Start() {
    for (auto& server : servers_) ROWHOUSE_RETURN_IF_ERROR(server->Start());
    return absl::OkStatus();
  }

  std::string Address() const {
    std::vector<const ServerProcess*> all;
    for (const auto& server : servers_) all.push_back(server.get());
    return AddressList(all);
  }

  // One kill, sometimes of all servers, sometimes again while they recover;
  // then everything serves.
  absl::Status KillAndRestart(std::mt19937_64& random) {
    std::vector<ServerProcess*> victims;
    if (random() % 8 == 0) {
      for (auto& server : servers_) victims.push_back(server.get());
    } else {
      victims.push_back(servers_[random() % servers_.size()].get());
    }
    for (ServerProcess* victim : victims) victim->Kill();
    if (random() % 4 == 0) {
      for (ServerProcess* victim : victims) {
        ROWHOUSE_RETURN_IF_ERROR(victim->Spawn());
      }
      absl::SleepFor(absl::Milliseconds(random() % 60));
      for (ServerProcess* victim : victims) victim->Kill();
    }
    for (ServerProcess* victim : victims) {
      ROWHOUSE_RETURN_IF_ERROR(victim->Start());
    }
    return absl::OkStatus();
  }

 private:
  std::vector<std::unique_ptr<ServerProcess>> servers_;
};

// Pushes until told to stop; remembers the first error.
class Pusher {
 public:
  using Step = std::function<absl::Status(Client&, std::uint64_t)>;

  Pusher(Client client, std::atomic<bool>& stop, Step step)
      : client_(std::move(client)), stop_(stop), step_(std::move(step)) {
    thread_ = std::thread([this] { Loop(); });
  }

  std::uint64_t steps() const { return steps_; }

  // The steps done. REQUIRES: `stop` is set.
  absl::StatusOr<std::uint64_t> Join() {
    thread_.join();
    if (!status_.ok()) return status_;
    return steps_.load();
  }

 private:
  void Loop() {
    while (!stop_ && status_.ok()) {
      status_ = step_(client_, steps_);
      if (status_.ok()) ++steps_;
    }
  }

  Client client_;
  std::atomic<bool>& stop_;
  Step step_;
  absl::Status status_;
  std::atomic<std::uint64_t> steps_{0};
  std::thread thread_;
};

using Pushers = std::vector<std::unique_ptr<Pusher>>;

// Waits until every pusher has gone on, so that the next kill meets training
// and not a client that still looks for its server.
void WaitUntilAllGoOn(const Pushers& pushers) {
  std::vector<std::uint64_t> before;
  for (const auto& pusher : pushers) before.push_back(pusher->steps());
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  for (std::size_t i = 0; i < pushers.size(); ++i) {
    while (pushers[i]->steps() == before[i] && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(1));
    }
  }
}

absl::Status PushCounters(Client& client, CounterOracle& oracle,
                          std::uint64_t seed, std::uint64_t writer,
                          std::uint64_t sequence) {
  const CounterPush push(seed, writer, sequence);
  std::vector<FeatureIds> features = {push.Feature()};
  ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                            client.Lookup(std::move(features)));
  const absl::Span<const float> gradients = push.gradients;
  ROWHOUSE_RETURN_IF_ERROR(
      client.Push(std::move(found.ticket), {gradients}, {.step = sequence})
          .status());
  oracle.Acknowledge(push);
  return absl::OkStatus();
}

void ShowProgress(const KillOptions& options, int cycle,
                  std::uint64_t acknowledged) {
  if (!options.progress) return;
  std::fprintf(stderr, "\rkill %d/%d, %llu pushes acknowledged%s", cycle,
               options.cycles, static_cast<unsigned long long>(acknowledged),
               cycle == options.cycles ? "\n" : "");
}

// The trainer's run again, in this process, with nobody killing anything.
absl::StatusOr<Client> UndisturbedRun(const KillOptions& options,
                                      std::uint64_t steps) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      Client client,
      Client::Connect(absl::StrCat("embedded:", options.directory, "/calm")));
  ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(TrainedTable(options.seed)));
  for (std::uint64_t step = 0; step < steps; ++step) {
    ROWHOUSE_RETURN_IF_ERROR(TrainStep(client, options.seed, step));
  }
  return client;
}

}  // namespace

absl::StatusOr<KillResult> RunKillCycles(const KillOptions& options) {
  Cluster cluster(options);
  ROWHOUSE_RETURN_IF_ERROR(cluster.Start());
  ClientOptions patient;
  patient.timeout = absl::Minutes(2);
  ROWHOUSE_ASSIGN_OR_RETURN(Client reader,
                            Client::Connect(cluster.Address(), patient));
  for (TableSpec spec : {CounterTable(), TrainedTable(options.seed)}) {
    spec.durability = options.durability;
    ROWHOUSE_RETURN_IF_ERROR(reader.CreateTable(spec));
  }

  CounterOracle oracle;
  std::atomic<bool> stop{false};
  Pushers pushers;
  for (int writer = 0; writer <= options.writers; ++writer) {
    ROWHOUSE_ASSIGN_OR_RETURN(Client client,
                              Client::Connect(cluster.Address(), patient));
    const bool trains = writer == 0;
    pushers.push_back(std::make_unique<Pusher>(
        std::move(client), stop,
        [&, writer, trains](Client& own, std::uint64_t step) {
          if (trains) return TrainStep(own, options.seed, step);
          return PushCounters(own, oracle, options.seed, writer, step);
        }));
  }

  std::mt19937_64 random(options.seed);
  absl::Status killing;
  KillResult result;
  for (int cycle = 1; cycle <= options.cycles && killing.ok(); ++cycle) {
    WaitUntilAllGoOn(pushers);
    absl::SleepFor(absl::Microseconds(random() % 120000));
    killing = cluster.KillAndRestart(random);
    result.cycles = cycle;
    ShowProgress(options, cycle, oracle.acknowledged());
  }
  stop = true;
  std::uint64_t pushes = 0;
  for (auto& pusher : pushers) {
    absl::StatusOr<std::uint64_t> steps = pusher->Join();
    if (killing.ok()) killing = steps.status();
    if (!steps.ok()) continue;
    if (pusher == pushers.front()) result.steps = *steps;
    pushes += *steps;
  }
  ROWHOUSE_RETURN_IF_ERROR(killing);
  result.acked = pushes;
  ROWHOUSE_ASSIGN_OR_RETURN(const auto verdict, oracle.Compare(reader));
  result.lost = verdict.lost;
  result.doubled = verdict.doubled;
  ROWHOUSE_ASSIGN_OR_RETURN(Client calm, UndisturbedRun(options, result.steps));
  ROWHOUSE_ASSIGN_OR_RETURN(result.unequal_rows,
                            UnequalRows(reader, calm, options.seed));
  return result;
}

}  // namespace rowhouse::faults
