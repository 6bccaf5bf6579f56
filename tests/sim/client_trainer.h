// A trainer that uses the product's client: its sessions, its retries, its one
// push at a time, over the simulated network.
#ifndef ROWHOUSE_TESTS_SIM_CLIENT_TRAINER_H_
#define ROWHOUSE_TESTS_SIM_CLIENT_TRAINER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/internal/connection.h"
#include "client/internal/retry.h"
#include "tests/sim/network.h"
#include "tests/sim/node.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

class ClientTrainer final : public internal::Sleeper {
 public:
  struct Options {
    std::string name;
    std::uint64_t pushes = 0;
    // Drops the client and makes another, once in so many pushes.
    std::uint64_t restart_one_in = 0;
    bool steps_tables = false;  // it alone pushes to tables that move every row
    // A push may be refused: a restore or a checkpoint that waits for it ends
    // its session, or a copy of an earlier push, which a full shard had refused
    // and its client given up, comes late and takes its step.
    bool refusals = false;
    std::uint64_t first_step = 0;  // its steps are those of nobody else
  };

  // All must outlive it.
  ClientTrainer(Scheduler& scheduler, Story& story, Network& network,
                const std::vector<std::unique_ptr<Node>>& nodes,
                const std::vector<SimTable>& tables, const Options& options,
                std::uint64_t seed);

  // The body of a task: pushes, and returns when each has ended.
  void Run();
  bool finished() const { return finished_; }

  void Sleep(absl::Duration duration) override { scheduler_.Sleep(duration); }

 private:
  bool Connect();
  // The features of one lookup.
  std::vector<FeatureIds> Draw();
  void Train();
  void Write();
  void Finish();
  // What a call may end with while machines and restores come and go.
  void Judge(const char* what, const absl::Status& status);

  Scheduler& scheduler_;
  Story& story_;
  Network& network_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  const std::vector<SimTable>& tables_;
  const Options options_;
  Random random_;
  std::uint64_t step_;
  std::unique_ptr<internal::Connection> client_;
  bool finished_ = false;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_CLIENT_TRAINER_H_
