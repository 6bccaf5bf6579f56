// A machine with one shard, and whoever starts it again when it is down.
#ifndef ROWHOUSE_TESTS_SIM_NODE_H_
#define ROWHOUSE_TESTS_SIM_NODE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "shard/shard.h"
#include "storage/mem_disk.h"
#include "tests/sim/ledger.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/sim_executor.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

// One process. Calls that are under way keep it after its death; nothing that
// it does then is seen by anybody.
struct Life {
  std::unique_ptr<SimDisk> disk;
  std::unique_ptr<SimExecutor> executor;
  std::unique_ptr<shard::Shard> shard;  // null: it did not open
  bool alive() const { return !disk->dead(); }
  // Nothing has happened to it that its errors could come from.
  bool trusted() const { return alive() && !disk->failed(); }
};

class Node final : public SimDisk::Watcher {
 public:
  // All must outlive it.
  Node(Scheduler& scheduler, Story& story, storage::MemDisk& shared,
       const shard::Options& options, BucketRange buckets,
       const std::vector<SimTable>& tables, std::uint64_t seed);

  // The body of a task: opens the shard, looks what recovery made of it,
  // serves, and begins again when the process has died. Returns after Stop.
  void Run();
  // Ends the process cleanly. With `again` a new one is started.
  void Close(bool again);

  // The process that serves; null while none does.
  std::shared_ptr<Life> life() const { return serving_ ? life_ : nullptr; }
  // One runs, whether it serves or not.
  bool alive() const { return life_ != nullptr && life_->alive(); }
  bool stopped() const { return stopped_; }
  std::uint64_t lives() const { return lives_; }
  // Rows that its processes had in memory, let go and read again.
  std::uint64_t rows_back() const { return rows_back_; }
  Ledger& ledger() { return ledger_; }
  const shard::Options& options() const { return options_; }
  BucketRange buckets() const { return buckets_; }
  std::string name() const;

  // What may happen to it.
  void Die(Crash crash);
  // In the process that runs, or, between two, in the next one.
  void DieAtStep(std::uint64_t n, Crash crash);
  // In the process that runs, if there is one.
  void DieAfterRename(std::uint64_t n, Crash crash);
  void FailSync(std::uint64_t n);
  void FailAppend(std::uint64_t n);
  void FillDisk();
  void FreeDisk();
  bool unreachable = false;  // by the network

  void OnDeath() override { Die(armed_crash_); }
  void OnJournalBytes(absl::string_view bytes) override {
    story_.Check(ledger_.OnJournalBytes(bytes));
  }

 private:
  std::shared_ptr<Life> Open();
  // Waits until the process is gone or has to go.
  void Watch(const Life& life);

  Scheduler& scheduler_;
  Story& story_;
  storage::MemDisk& shared_;
  const shard::Options options_;
  const BucketRange buckets_;
  Random random_;
  storage::MemDisk own_;
  Ledger ledger_;
  std::shared_ptr<Life> life_;
  bool serving_ = false;
  bool closing_ = false;
  bool closed_ = false;
  bool again_ = true;
  bool stopped_ = false;
  bool full_ = false;
  std::uint64_t lives_ = 0;
  std::uint64_t rows_back_ = 0;
  std::uint64_t armed_steps_ = 0;  // for the next process
  Crash armed_crash_ = Crash::kKill;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_NODE_H_
