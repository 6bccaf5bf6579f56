// The promise: whatever step the process or the machine stops at, every
// acknowledged push is in the rows, and every push that is sent again is in
// them once.
#include "shard/shard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

constexpr std::uint64_t kPushes = 12;
const std::vector<Id> kIds = {1, 2, 3, 4, 5, 6, 7, 8, 9};

// Push s counts the ids that s + 1 divides, in one table or the other or both.
std::vector<Id> IdsOf(std::uint64_t sequence) {
  std::vector<Id> ids;
  for (const Id id : kIds) {
    if (id % (sequence % 4 + 1) == 0) ids.push_back(id);
  }
  return ids;
}
std::vector<std::string> TablesOf(std::uint64_t sequence) {
  if (sequence % 3 == 0) return {"a"};
  if (sequence % 3 == 1) return {"b"};
  return {"a", "b"};
}

// What a client knows while shards come and go: which pushes it sent, which
// are acknowledged, in one session.
class CrashClient {
 public:
  explicit CrashClient(Durability durability) : durability_(durability) {}

  // Goes on where it was, as far as the shard answers.
  void Run(Shard& shard) {
    if (!Prepare(shard)) return;
    for (std::uint64_t s = 0; s < kPushes; ++s) {
      if (!acked_.contains(s) && !Push(shard, s)) return;
      if (s % 5 == 4 && !shard.WriteBack().ok()) return;
    }
    if (!shard.Close().ok()) return;
    finished_ = true;
  }

  bool finished() const { return finished_; }

  // Rows hold every acknowledged push and none twice.
  void Check(const Shard& shard, const std::string& where) const {
    if (!created_) return;
    for (const std::string table : {"a", "b"}) {
      const std::vector<float> counts = Counts(shard, table, kIds);
      ASSERT_EQ(counts.size(), kIds.size()) << where;
      for (std::size_t i = 0; i < kIds.size(); ++i) {
        const auto [least, most] = Bounds(table, kIds[i]);
        EXPECT_GE(counts[i], least) << where << ": lost, row " << kIds[i];
        EXPECT_LE(counts[i], most) << where << ": doubled, row " << kIds[i];
      }
    }
  }

 private:
  bool Prepare(Shard& shard) {
    if (!created_) {
      created_ =
          shard.CreateTable(CounterSpec("a"), TableIncarnation(1)).ok() &&
          shard.CreateTable(CounterSpec("b"), TableIncarnation(2)).ok();
      if (!created_) return false;
    }
    if (!connected_) {
      absl::StatusOr<Trainer> trainer = Trainer::Connect(shard);
      if (!trainer.ok()) return false;
      trainer_ = *trainer;
      trainer_.header().durability = durability_;
      connected_ = true;
    }
    return true;
  }

  bool Push(Shard& shard, std::uint64_t sequence) {
    const std::vector<Id> ids = IdsOf(sequence);
    const std::vector<float> ones(ids.size() * 2, 1.0f);
    const std::vector<std::string> tables = TablesOf(sequence);
    std::vector<PushInput> inputs;
    for (const std::string& table : tables) {
      inputs.push_back(
          {.table = table, .dim = 2, .bags = {.ids = ids}, .gradients = ones});
    }
    sent_.insert(sequence);
    trainer_.header().sequence = sequence;
    const absl::StatusOr<PushReply> reply = trainer_.Push(shard, inputs);
    if (reply.ok()) acked_.insert(sequence);
    return reply.ok();
  }

  std::pair<float, float> Bounds(const std::string& table, Id id) const {
    const auto count = [&](const std::set<std::uint64_t>& sequences) {
      float n = 0;
      for (const std::uint64_t s : sequences) {
        for (const std::string& named : TablesOf(s)) {
          for (const Id touched : IdsOf(s)) {
            n += named == table && touched == id ? 1 : 0;
          }
        }
      }
      return n;
    };
    return {count(acked_), count(sent_)};
  }

  const Durability durability_;
  bool created_ = false;
  bool connected_ = false;
  bool finished_ = false;
  Trainer trainer_;
  std::set<std::uint64_t> sent_;
  std::set<std::uint64_t> acked_;
};

Options LaneOptions() {
  Options options = Machine::OptionsOf();
  options.lanes = 2;
  // So small that the twelve pushes fill several segments and write-back moves
  // the watermarks and removes segments on the way.
  options.journal_segment_bytes = 1024;
  options.journal_unsettled_bytes_max = 1024;
  return options;
}

// Dies at step `first`, then, restarted, at step `second` of the next life;
// then runs to the end. Returns whether the first death came before the end.
bool Crash(bool power, std::uint64_t first, std::uint64_t second) {
  Machine machine;
  CrashClient client(power ? Durability::kPower : Durability::kProcess);
  bool died = false;
  for (const std::uint64_t die_at : {first, second, std::uint64_t{0}}) {
    const std::string where = absl::StrCat(
        power ? "power cut" : "kill", " at step ", first, ", then ", second);
    absl::StatusOr<Process> process = machine.Start(LaneOptions(), die_at);
    if (die_at == 0) {
      EXPECT_THAT(process, IsOk()) << where;
    }
    if (process.ok()) {
      if (!client.finished()) client.Run(*process->shard);
      if (die_at == first) died = process->disk->dead();
    } else {
      died = died || die_at == first;
      process = Process{.disk = std::make_unique<ProcessDisk>(machine.disk())};
    }
    if (power) {
      machine.PowerCut(*process, first * 31 + second);
    } else {
      machine.Kill(*process);
    }
    if (die_at == second && !died) return false;
    absl::StatusOr<Process> looking = machine.Start(LaneOptions());
    EXPECT_THAT(looking, IsOk()) << where;
    if (!looking.ok()) return false;
    client.Check(*looking->shard, where);
    machine.Kill(*looking);
  }
  EXPECT_TRUE(client.finished());
  return died;
}

TEST(ShardTest, KilledAtAnyStepItLosesAndDoublesNothing) {
  std::uint64_t step = 1;
  while (Crash(/*power=*/false, step, 1 + step * 7 % 40)) ++step;
  EXPECT_GT(step, 50u) << "too few steps: the test is blind";
}

TEST(ShardTest, WithoutPowerAtAnyStepItLosesAndDoublesNothing) {
  std::uint64_t step = 1;
  while (Crash(/*power=*/true, step, 1 + step * 11 % 40)) ++step;
  EXPECT_GT(step, 50u) << "too few steps: the test is blind";
}

}  // namespace
}  // namespace rowhouse::shard
