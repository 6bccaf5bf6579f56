// A client that keeps the rules of docs/semantics.md and uses them to the full:
// a session on every shard, sequences, many pushes in flight, each part sent
// again under its name until it is answered. (The real client has one push on
// its way at a time.) It breaks one rule, now and then: shards refuse a push of
// an epoch whose cut is closed, and must be asked.
#ifndef ROWHOUSE_TESTS_SIM_TRAINER_H_
#define ROWHOUSE_TESTS_SIM_TRAINER_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rowhouse/shard_map.h"
#include "tests/sim/network.h"
#include "tests/sim/push_message.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

class Trainer {
 public:
  struct Options {
    std::string name;
    std::uint64_t pushes = 0;
    std::uint64_t in_flight_max = 1;
    // Gives up what is in flight and begins anew, once in so many pushes.
    std::uint64_t restart_one_in = 0;
    bool steps_tables = false;  // it alone pushes to tables that move every row
    bool restores = false;      // sessions may end by one
    bool checkpoints = false;   // one may end sessions that it waits for
  };

  // All must outlive it.
  Trainer(Scheduler& scheduler, Story& story, Network& network,
          const std::vector<std::unique_ptr<Node>>& nodes, const ShardMap& map,
          const std::vector<SimTable>& tables, const Options& options,
          std::uint64_t seed);

  // The body of a task: sends all pushes and returns when each has its answer.
  void Run();
  bool finished() const { return finished_; }

 private:
  // One push on its way. Its tasks hold it.
  struct Delivery {
    std::uint64_t sequence = 0;
    std::vector<PushMessage> parts;  // by shard; without inputs: not sent
    std::size_t unanswered = 0;
    bool given_up = false;
  };

  // Opens a session on every shard; false: the run ends.
  bool Connect();
  // None when it has to begin anew, at the first shard.
  std::optional<OpenSessionReply> OpenSession(Node& node);
  // Finds out which steps come next; false: it has to begin anew.
  bool AskSteps();
  // Null: the sessions have ended.
  std::shared_ptr<Delivery> Draw();
  void DrawTables(Delivery& delivery);
  void Send(const std::shared_ptr<Delivery>& delivery);
  void SendPart(const std::shared_ptr<Delivery>& delivery, std::size_t shard);
  void WaitForRoom(std::size_t room);
  void GiveUp();
  std::uint64_t Lowest() const;
  // One that breaks a rule: a push of an epoch that it has left, to one shard.
  // Nobody waits for its answer, or sends it again.
  void PushLate();
  // Signs of life to every shard, nobody waits for their answers.
  void Beat();
  // No checkpoint waits for the sessions any more, where it is heard.
  void EndSessions();
  // A refusal that a restore or a checkpoint explains ends the sessions, any
  // other the run.
  void OnRefusal(const std::string& what, const absl::Status& status);
  absl::Duration Timeout() {
    return absl::Microseconds(random_.Between(1000, 10000));
  }

  Scheduler& scheduler_;
  Story& story_;
  Network& network_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  const ShardMap& map_;
  const std::vector<SimTable>& tables_;
  const Options options_;
  Random random_;
  std::vector<SessionName> sessions_;  // by shard; empty: none
  std::uint64_t next_sequence_ = 0;
  std::uint64_t step_ = 0;
  std::uint64_t epoch_ = 0;         // the snapshot epoch of the next push
  std::uint64_t wanted_epoch_ = 0;  // by some shard
  std::map<TableIncarnation, std::uint64_t> table_steps_;  // of the next one
  std::map<std::uint64_t, std::shared_ptr<Delivery>> in_flight_;
  bool finished_ = false;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_TRAINER_H_
