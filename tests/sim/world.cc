#include "tests/sim/world.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/sim/checkpoint_keeper.h"
#include "tests/sim/choices.h"
#include "tests/sim/client_trainer.h"
#include "tests/sim/nemesis.h"
#include "tests/sim/network.h"
#include "tests/sim/node.h"
#include "tests/sim/plan.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"
#include "tests/sim/table_churn.h"
#include "tests/sim/trainer.h"

namespace rowhouse::sim {
namespace {

// Runs take some tens of thousands of steps.
constexpr std::uint64_t kStepsMax = 3'000'000;
constexpr std::uint64_t kMapVersion = 7;

class World {
  using Nodes = CheckpointKeeper::Nodes;

 public:
  World(std::uint64_t seed, bool tell)
      : plan_(PlanOf(seed)),
        random_(seed),
        choices_(random_.Next(), plan_.switch_one_in),
        scheduler_(choices_, kStepsMax),
        story_(scheduler_, tell),
        network_(scheduler_, story_, plan_.weather, random_.Next()),
        map_(*ShardMap::Uniform(kMapVersion, plan_.shards)),
        nemesis_(scheduler_, story_, plan_, nodes_, shared_, random_.Next()),
        churn_(scheduler_, story_, network_, nodes_, plan_.other_tables,
               random_.Next()),
        keeper_(scheduler_, story_, network_, shared_, CheckpointRoot(), plan_,
                nodes_, random_.Next()) {
    // Cannot fail on an empty disk.
    shared_.MakeDirectory(std::string(kSharedRoot)).IgnoreError();
    for (std::uint32_t i = 0; i < plan_.shards; ++i) {
      nodes_.push_back(MakeNode(i, map_));
    }
    for (std::uint64_t i = 0; i < plan_.trainers; ++i) {
      const Trainer::Options options = {
          .name = absl::StrCat("trainer ", i),
          .pushes = plan_.pushes,
          .in_flight_max = plan_.in_flight_max,
          .restart_one_in = i == 0 ? 0 : plan_.restart_one_in,
          .steps_tables = i == 0 && plan_.clients == 0,
          .restores = plan_.restores > 0,
          .checkpoints = plan_.checkpoints > 0};
      trainers_.push_back(
          std::make_unique<Trainer>(scheduler_, story_, network_, nodes_, map_,
                                    plan_.tables, options, random_.Next()));
    }
    for (std::uint64_t i = 0; i < plan_.clients; ++i) {
      const ClientTrainer::Options options = {
          .name = absl::StrCat("client ", i),
          .pushes = plan_.pushes,
          .restart_one_in = plan_.restart_one_in,
          .steps_tables = i == 0,
          .refusals = plan_.checkpoints > 0 || plan_.full_disks,
          .first_step = kOwnSteps * (i + 1)};
      clients_.push_back(std::make_unique<ClientTrainer>(
          scheduler_, story_, network_, nodes_, plan_.tables, options,
          random_.Next()));
    }
  }

  // False when it did not come to its end: then it must not be destroyed.
  bool Run() {
    story_.Note(sim::Describe(plan_));
    scheduler_.Spawn("world", [this] { Direct(); });
    story_.Check(scheduler_.Run());
    return scheduler_.finished();
  }

  Outcome outcome() const {
    Outcome outcome{.failure = story_.failure(),
                    .steps = scheduler_.steps(),
                    .digest = scheduler_.digest()};
    for (const auto& node : nodes_) {
      outcome.acknowledged += node->ledger().acknowledged();
      outcome.lost_by_level += node->ledger().lost_by_level();
      outcome.lives += node->lives();
      outcome.rows_back += node->rows_back();
    }
    outcome.checkpoints = keeper_.made();
    return outcome;
  }

 private:
  static std::string CheckpointRoot() {
    return absl::StrCat(kSharedRoot, "/checkpoints");
  }

  std::unique_ptr<Node> MakeNode(std::uint32_t index, const ShardMap& map) {
    shard::Options options;
    options.data_dir = "/data";
    options.checkpoint_dir = CheckpointRoot();
    options.index = ShardIndex(index);
    options.shard_count = map.shard_count();
    options.map_version = kMapVersion;
    options.lanes = plan_.lanes;
    options.new_incarnation = 1000 + index;
    options.version = "sim";
    options.session_lease = plan_.session_lease;
    options.write_back_period = plan_.maintain_period;
    options.journal_segment_bytes = plan_.segment_bytes;
    options.journal_unsettled_bytes_max = plan_.unsettled_bytes;
    options.row_memory_bytes = plan_.row_memory_bytes;
    options.row_memory_wait = plan_.row_memory_wait;
    return std::make_unique<Node>(scheduler_, story_, shared_, options,
                                  map.RangeOf(options.index), plan_.tables,
                                  random_.Next());
  }

  // The body of the first task.
  void Direct() {
    Start(nodes_);
    MakeTables();
    scheduler_.Spawn("nemesis", [this] { nemesis_.Run(); });
    scheduler_.Spawn("keeper", [this] { keeper_.Run(); });
    scheduler_.Spawn("churn", [this] { churn_.Run(); });
    for (const auto& trainer : trainers_) {
      scheduler_.Spawn("trainer", [&trainer] { trainer->Run(); });
    }
    for (const auto& client : clients_) {
      scheduler_.Spawn("client", [&client] { client->Run(); });
    }
    for (const auto& trainer : trainers_) {
      WaitFor([&] { return trainer->finished(); });
    }
    for (const auto& client : clients_) {
      WaitFor([&] { return client->finished(); });
    }
    keeper_.Calm();
    churn_.Calm();
    WaitFor([&] { return keeper_.finished() && churn_.finished(); });
    nemesis_.Calm();
    WaitFor([&] { return nemesis_.finished(); });
    Settle(nodes_);
    Stop(nodes_);
    RestoreElsewhere();
  }

  void Start(const Nodes& nodes) {
    for (const auto& node : nodes) {
      scheduler_.Spawn(node->name(), [&node] { node->Run(); });
    }
  }
  void Stop(const Nodes& nodes) {
    for (const auto& node : nodes) node->Close(/*again=*/false);
    for (const auto& node : nodes) {
      WaitFor([&] { return node->stopped(); });
    }
  }

  // A checkpoint, onto another number of shards, one of which dies meanwhile.
  void RestoreElsewhere() {
    const std::vector<std::string> usable = keeper_.Usable();
    if (usable.empty() || story_.failed()) return;
    const auto count = static_cast<std::uint32_t>(random_.Between(1, 5));
    const ShardMap map = *ShardMap::Uniform(kMapVersion, count);
    for (std::uint32_t i = 0; i < count; ++i) {
      elsewhere_.push_back(MakeNode(i, map));
    }
    elsewhere_[random_.Below(count)]->DieAtStep(
        random_.Between(1, 200),
        random_.OneIn(2) ? Crash::kKill : Crash::kPowerCut);
    Start(elsewhere_);
    keeper_.Restore(usable[random_.Below(usable.size())], elsewhere_);
    Settle(elsewhere_);
    Stop(elsewhere_);
  }

  // What everybody has at the end, after a clean stop and after a last crash.
  void Settle(const Nodes& nodes) {
    for (const auto& node : nodes) {
      const auto opened = [&] { return node->life() != nullptr; };
      WaitFor(opened);
      if (story_.failed()) return;
      const std::uint64_t lives = node->lives();
      {
        const std::shared_ptr<Life> life = node->life();
        const absl::Status written = life->shard->Maintain();
        if (life->trusted()) {
          story_.Check(written);
          story_.Check(node->ledger().CheckRows(*life->shard));
        }
      }
      node->Close(/*again=*/true);
      WaitFor([&] { return node->lives() > lives && opened(); });
      node->Die(random_.OneIn(2) ? Crash::kKill : Crash::kPowerCut);
      WaitFor([&] { return node->lives() > lives + 1 && opened(); });
    }
  }

  void MakeTables() {
    for (const SimTable& table : plan_.tables) {
      for (const auto& node : nodes_) MakeTable(table, *node);
    }
  }

  void MakeTable(const SimTable& table, Node& node) {
    while (!story_.failed()) {
      const absl::StatusOr<bool> made = network_.Call<bool>(
          node, absl::StrCat("makes table ", table.spec.name),
          absl::Milliseconds(20),
          [story = &story_, &table](Node& at,
                                    Life& life) -> absl::StatusOr<bool> {
            const absl::Status status =
                life.shard->CreateTable(table.spec, table.incarnation);
            if (!status.ok()) return status;
            if (life.alive()) at.ledger().OnTableMade(table.incarnation);
            return true;
          });
      if (made.ok()) return;
      if (!absl::IsUnavailable(made.status()) &&
          !absl::IsDeadlineExceeded(made.status())) {
        story_.Check(absl::InternalError(made.status().ToString()));
      }
      scheduler_.Sleep(absl::Milliseconds(1));
    }
  }

  template <typename Condition>
  void WaitFor(Condition condition) {
    while (!condition() && !story_.failed()) {
      scheduler_.Sleep(absl::Microseconds(200));
    }
  }

  const Plan plan_;
  Random random_;
  RandomChoices choices_;
  Scheduler scheduler_;
  Story story_;
  Network network_;
  const ShardMap map_;
  storage::MemDisk shared_;
  Nodes nodes_;
  Nodes elsewhere_;
  std::vector<std::unique_ptr<Trainer>> trainers_;
  std::vector<std::unique_ptr<ClientTrainer>> clients_;
  Nemesis nemesis_;
  TableChurn churn_;
  CheckpointKeeper keeper_;
};

}  // namespace

Outcome Simulate(std::uint64_t seed, bool tell) {
  auto world = std::make_unique<World>(seed, tell);
  const bool ended = world->Run();
  Outcome outcome = world->outcome();
  // Its tasks may hold whatever it owns.
  if (!ended) (void)world.release();
  return outcome;
}

}  // namespace rowhouse::sim
