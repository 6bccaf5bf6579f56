#include "tests/integration/faults/live_checkpoints.h"

#include <atomic>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/server_group.h"
#include "tests/integration/faults/training.h"

namespace rowhouse::faults {
namespace {

constexpr int kRestoredShards = 2;

// Trains in a thread of its own until it is told to stop.
class Trainer {
 public:
  Trainer(Client client, std::uint64_t seed)
      : client_(std::move(client)), seed_(seed) {
    thread_ = std::thread([this] { Loop(); });
  }
  ~Trainer() { Stop().IgnoreError(); }

  std::uint64_t steps() const { return steps_; }  // acknowledged
  absl::Status Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  void Loop() {
    while (!stop_ && status_.ok()) {
      status_ = TrainStep(client_, seed_, steps_, stop_);
      if (!status_.ok()) continue;
      client_.EndStep();
      ++steps_;
    }
  }

  Client client_;
  const std::uint64_t seed_;
  absl::Status status_;
  std::atomic<std::uint64_t> steps_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

absl::StatusOr<Client> ConnectToLook(const ServerGroup& group) {
  ClientOptions options;
  options.open_sessions = false;
  return Client::Connect(group.Address(), options);
}

// The run that nobody disturbs; goes on from checkpoint to checkpoint.
class CalmRun {
 public:
  CalmRun(Client client, std::uint64_t seed)
      : client_(std::move(client)), seed_(seed) {}

  // Has it these rows after `least` to `most` steps? Ends where it has.
  absl::StatusOr<bool> Meets(const Rows& rows, std::uint64_t least,
                             std::uint64_t most) {
    for (;;) {
      if (steps_ >= least) {
        ROWHOUSE_ASSIGN_OR_RETURN(const Rows own, ReadTrained(client_, seed_));
        ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t unequal,
                                  UnequalRows(own, rows));
        if (unequal == 0) return true;
      }
      if (steps_ >= most) return false;
      ROWHOUSE_RETURN_IF_ERROR(TrainStep(client_, seed_, steps_, never_));
      ++steps_;
    }
  }

 private:
  Client client_;
  const std::uint64_t seed_;
  std::uint64_t steps_ = 0;
  const std::atomic<bool> never_{false};
};

}  // namespace

absl::StatusOr<LiveCheckpointResult> RunLiveCheckpoints(
    const LiveCheckpointOptions& options) {
  const std::uint64_t seed = options.setup.seed;
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto trained,
      ServerGroup::Start(options.setup, "trained", options.shards));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto restored,
      ServerGroup::Start(options.setup, "restored", kRestoredShards));
  ROWHOUSE_ASSIGN_OR_RETURN(Client keeper, ConnectToLook(*trained));
  ROWHOUSE_ASSIGN_OR_RETURN(Client looker, ConnectToLook(*restored));
  ROWHOUSE_RETURN_IF_ERROR(keeper.CreateTable(TrainedTable(seed)));
  ROWHOUSE_ASSIGN_OR_RETURN(
      Client calm_client,
      UndisturbedRun(absl::StrCat(options.setup.directory, "/calm"), seed, 0));
  CalmRun calm(std::move(calm_client), seed);
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(trained->Address()));
  Trainer trainer(std::move(client), seed);
  LiveCheckpointResult result;
  Progress progress("checkpoints",
                    static_cast<std::uint64_t>(options.checkpoints),
                    options.setup.progress);
  while (result.checkpoints < options.checkpoints) {
    const std::string name = absl::StrCat("live-", result.checkpoints);
    const std::uint64_t least = trainer.steps();
    ROWHOUSE_RETURN_IF_ERROR(keeper.CreateCheckpoint(name).status());
    const std::uint64_t most = trainer.steps() + 1;
    ROWHOUSE_RETURN_IF_ERROR(looker.RestoreCheckpoint(name, /*replace=*/true));
    ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows, ReadTrained(looker, seed));
    ROWHOUSE_ASSIGN_OR_RETURN(const bool equal, calm.Meets(rows, least, most));
    result.unequal += equal ? 0 : 1;
    ++result.checkpoints;
    ROWHOUSE_RETURN_IF_ERROR(keeper.DeleteCheckpoint(name));
    progress.Show(static_cast<std::uint64_t>(result.checkpoints),
                  absl::StrCat(trainer.steps(), " steps"));
  }
  ROWHOUSE_RETURN_IF_ERROR(trainer.Stop());
  result.steps = trainer.steps();
  return result;
}

}  // namespace rowhouse::faults
