// Breaks machines and the network between them, a planned number of times.
#ifndef ROWHOUSE_TESTS_SIM_NEMESIS_H_
#define ROWHOUSE_TESTS_SIM_NEMESIS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "tests/sim/node.h"
#include "tests/sim/plan.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

class Nemesis {
 public:
  Nemesis(Scheduler& scheduler, Story& story, const Plan& plan,
          const std::vector<std::unique_ptr<Node>>& nodes,
          storage::MemDisk& shared, std::uint64_t seed)
      : scheduler_(scheduler),
        story_(story),
        plan_(plan),
        nodes_(nodes),
        shared_(shared),
        random_(seed) {}

  // The body of a task. Returns when everything has happened and been mended,
  // or early when `calm` was called.
  void Run();
  void Calm() { calm_ = true; }
  bool finished() const { return finished_; }

 private:
  enum class Fault {
    kKill,
    kPowerCut,
    kDiskError,
    kFullDisk,
    kPartition,
    kBlackout,
  };

  std::vector<Fault> Possible() const;
  void Happen(Fault fault);
  void Crash(Node& node, sim::Crash crash);
  // Until what was asked of the process has killed it, or it is late.
  void AwaitDeath(Node& node);
  void Pass(absl::Duration most);

  Scheduler& scheduler_;
  Story& story_;
  const Plan& plan_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  storage::MemDisk& shared_;
  Random random_;
  bool calm_ = false;
  bool finished_ = false;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_NEMESIS_H_
