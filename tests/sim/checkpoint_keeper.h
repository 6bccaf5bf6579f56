// Whoever makes checkpoints and restores them, as `rowhouse checkpoint` does,
// and knows what each must hold.
#ifndef ROWHOUSE_TESTS_SIM_CHECKPOINT_KEEPER_H_
#define ROWHOUSE_TESTS_SIM_CHECKPOINT_KEEPER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/requests.h"
#include "rowhouse/shard_map.h"
#include "storage/mem_disk.h"
#include "tests/sim/network.h"
#include "tests/sim/node.h"
#include "tests/sim/plan.h"
#include "tests/sim/random.h"
#include "tests/sim/reference.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

class CheckpointKeeper {
 public:
  using Nodes = std::vector<std::unique_ptr<Node>>;

  // All must outlive it.
  CheckpointKeeper(Scheduler& scheduler, Story& story, Network& network,
                   storage::MemDisk& shared, std::string root, const Plan& plan,
                   const Nodes& nodes, std::uint64_t seed);

  // The body of a task: the plan's checkpoints and restores among pushes.
  void Run();
  void Calm() { calm_ = true; }
  bool finished() const { return finished_; }
  // Checkpoints that were made, as their maker was told.
  std::uint64_t made() const { return committed_.size(); }

  // Names of those that exist and can be restored.
  std::vector<std::string> Usable();
  // Makes `nodes` what the checkpoint says, and returns when all serve it.
  void Restore(const std::string& name, const Nodes& nodes);

 private:
  void Checkpoint(const std::string& name);
  // Its stages. The epoch to cut: the greatest that a shard wants.
  absl::StatusOr<std::uint64_t> Epoch();
  absl::StatusOr<ShardInfo> InfoOf(Node& node, int tries);
  absl::Status OpenAll(const std::string& name, std::uint64_t epoch);
  absl::StatusOr<std::vector<ShardCheckpoint>> CloseAll(const std::string& name,
                                                        std::uint64_t epoch);
  absl::Status Commit(const std::string& name, std::uint64_t epoch,
                      const std::vector<ShardCheckpoint>& parts);
  void AbortAll(const std::string& name, std::uint64_t epoch);
  absl::Status BeginRestore(Node& node, const std::string& name,
                            std::uint64_t restore_id);
  absl::Status FinishRestore(Node& node, std::uint64_t restore_id);
  // A restore asked for before the last one is none any more.
  void ExpectRefused(Node& node, const RestoreRequest& request);
  // All rows of the checkpoint; none when there is no such checkpoint, or one
  // whose parts are of different steps.
  std::optional<Reference> RowsOf(const std::string& name);
  // Notes what a part must hold that has just been made.
  void OnPart(Node& node, Life& life, const std::string& name,
              const ShardCheckpoint& part);
  // Repeats a call until it is answered; the last answer. Calls that are
  // refused for good are wrong. `late`: whether a copy may come much later.
  template <typename Reply>
  absl::StatusOr<Reply> Insist(
      Node& node, const std::string& what, int tries,
      const std::function<absl::StatusOr<Reply>(Node&, Life&)>& handle,
      bool late = false);

  Scheduler& scheduler_;
  Story& story_;
  Network& network_;
  storage::MemDisk& shared_;
  const std::string root_;
  const Plan& plan_;
  const Nodes& nodes_;
  Random random_;
  std::map<std::string, Reference> parts_;  // by the SHA-256 of their manifest
  std::vector<std::string> names_;
  std::vector<RestoreRequest> asked_;  // of the last restore, by node
  std::set<std::string> committed_;    // as their maker was told
  bool calm_ = false;
  bool finished_ = false;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_CHECKPOINT_KEEPER_H_
