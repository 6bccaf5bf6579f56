// Somebody who makes tables and drops them again while others train: it writes
// the files in which shards keep what they know of sessions and rows.
#ifndef ROWHOUSE_TESTS_SIM_TABLE_CHURN_H_
#define ROWHOUSE_TESTS_SIM_TABLE_CHURN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/sim/network.h"
#include "tests/sim/node.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

class TableChurn {
 public:
  TableChurn(Scheduler& scheduler, Story& story, Network& network,
             const std::vector<std::unique_ptr<Node>>& nodes,
             std::uint64_t tables, std::uint64_t seed)
      : scheduler_(scheduler),
        story_(story),
        network_(network),
        nodes_(nodes),
        tables_(tables),
        random_(seed) {}

  // The body of a task.
  void Run();
  void Calm() { calm_ = true; }
  bool finished() const { return finished_; }

 private:
  // False when it was given up.
  bool Make(std::uint64_t number, Node& node);
  void Drop(std::uint64_t number, Node& node);
  // The incarnation of its shard.
  absl::StatusOr<std::uint64_t> LifeOf(Node& node);

  Scheduler& scheduler_;
  Story& story_;
  Network& network_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  const std::uint64_t tables_;
  Random random_;
  bool calm_ = false;
  bool finished_ = false;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_TABLE_CHURN_H_
