// A few shards, clients with a script, and what may come between: the real
// Shard on disks in memory, one action after the other.
#ifndef ROWHOUSE_TESTS_SIM_MODELS_SHARD_MODEL_H_
#define ROWHOUSE_TESTS_SIM_MODELS_SHARD_MODEL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/executor.h"
#include "rowhouse/shard_map.h"
#include "shard/shard.h"
#include "storage/mem_disk.h"
#include "tests/sim/ledger.h"
#include "tests/sim/models/explorer.h"
#include "tests/sim/push_message.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/sim_disk.h"

namespace rowhouse::sim {

// One push of a script: the tables that each shard has a part of.
struct ScriptedPush {
  Durability level = Durability::kProcess;
  std::vector<std::vector<std::size_t>> tables;  // by shard; empty: no part
};

struct Scenario {
  std::string name;
  std::uint32_t shards = 1;
  std::uint32_t lanes = 2;
  std::vector<SimTable> tables;
  std::vector<std::vector<ScriptedPush>> scripts;  // by client
  bool connected = true;  // clients have sessions at the beginning
  // Pushes a client has on their way before the first is answered.
  std::size_t in_flight_max = 1;
  // How often each may happen.
  int answers_lost = 0;  // a message arrives, its answer does not
  int late_copies = 0;   // of a message that was answered
  int syncs = 0;
  int write_backs = 0;
  int crashes = 0;
  bool kills = true;
  int power_cuts = 0;     // ways in which a power cut may tear
  int dying_steps = 0;    // steps at which a call may die; 0: none does
  int opening_steps = 0;  // the same of recovery
  int creates = 0;        // another table is made on a shard
  int drops = 0;          // and dropped
  int checkpoints = 0;    // are opened
  int closings = 0;       // tries to close one
  int restores = 0;
  std::uint64_t segment_bytes = 1u << 16;
  // 0: every write-back flushes, moves watermarks and removes segments.
  std::uint64_t unsettled_bytes = 0;
};

// Runs inside a task of `scheduler`.
class ShardModel final : public Model {
 public:
  ShardModel(const Scenario& scenario, Scheduler& scheduler);
  ~ShardModel() override;

  std::vector<std::string> Actions() const override;
  absl::Status Take(const std::string& action) override;
  std::string State() const override;

 private:
  class Machine;
  struct Client {
    std::vector<std::optional<SessionName>> sessions;        // by shard
    std::vector<std::vector<PushMessage>> sent;              // by push, shard
    std::set<std::pair<std::size_t, std::size_t>> answered;  // push, shard
    std::uint64_t epoch = 0;  // the snapshot epoch of its next push
  };

  void AddCrashes(const std::string& call, int steps,
                  std::vector<std::string>& actions) const;
  void AddPushes(std::size_t client, std::vector<std::string>& actions) const;
  std::size_t Unanswered(const Client& client, std::size_t push) const;
  bool Finished(const Client& client, std::size_t push) const;
  void Send(std::size_t client, std::size_t push);

  static std::size_t ShardOf(const std::vector<std::string>& words);
  absl::Status Do(const std::vector<std::string>& words);
  // Does it, dies on the way, and comes back.
  absl::Status DieIn(const std::vector<std::string>& words,
                     const std::vector<std::string>& how);
  absl::Status Open(std::size_t client, std::size_t shard);
  absl::Status Push(std::size_t client, std::size_t push, std::size_t shard,
                    bool heard);
  void GiveUp(Client& client);
  absl::Status OpenCut();
  absl::Status CloseCut();
  absl::StatusOr<bool> TryClose();
  absl::Status MoveClients(std::uint64_t epoch);
  absl::Status Restore();
  absl::Status CheckAll() const;

  const Scenario& scenario_;
  Scheduler& scheduler_;
  const ShardMap map_;
  std::unique_ptr<Executor> executor_ = MakeInlineExecutor();
  storage::MemDisk shared_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<Client> clients_;
  std::map<std::string, int> left_;    // of the budgets
  std::optional<std::uint64_t> cut_;   // the epoch of the one that is open
  std::vector<Reference> checkpoint_;  // by shard; empty: none
  // By shard: what was done since its state was on the disk alone.
  std::vector<std::string> since_;
  absl::Status begun_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_MODELS_SHARD_MODEL_H_
