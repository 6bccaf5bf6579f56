// What a cut holds: every push of its epoch and of those before, and none
// after, whatever comes in between.
#include "shard/cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "rowhouse/shard_map.h"
#include "shard/shard.h"
#include "storage/checkpoint.h"
#include "storage/checkpoint_part.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

constexpr Id kRows = 40;

std::vector<Id> AllIds() {
  std::vector<Id> ids(kRows);
  for (Id id = 0; id < kRows; ++id) ids[id] = id;
  return ids;
}

class CutTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.journal_segment_bytes = 4096;
    options_.journal_unsettled_bytes_max = 8192;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
    for (int i = 0; i < 3; ++i) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainers_.emplace_back(),
                                    Trainer::Connect(shard()));
    }
  }
  Shard& shard() { return *process_.shard; }

  void Count(Trainer& trainer, const std::vector<Id>& ids,
             const std::string& table = "t") {
    ROWHOUSE_ASSERT_OK(trainer.Count(shard(), table, ids));
  }
  void MoveAll(std::uint64_t epoch) {
    for (Trainer& trainer : trainers_) {
      ROWHOUSE_ASSERT_OK(trainer.Move(shard(), epoch));
    }
  }
  // The first weight of each row of the table in the checkpoint, as two fresh
  // shards have them after a restore.
  std::vector<float> Restored(const std::string& checkpoint,
                              const std::string& table = "t") {
    std::vector<float> counts(kRows);
    const BucketFunction bucket_of(table, Placement::kHashed);
    const auto map = ShardMap::Uniform(1, 2);
    for (std::uint32_t i = 0; i < 2; ++i) {
      Options options = Machine::OptionsOf(i, 2);
      options.data_dir += "-" + std::to_string(++fresh_);
      absl::StatusOr<Process> fresh = machine_.Start(options);
      EXPECT_THAT(fresh, IsOk());
      if (!fresh.ok()) return {};
      const absl::Status begun = (*fresh)->BeginRestore({checkpoint, 9, false});
      EXPECT_THAT(begun, IsOk());
      EXPECT_THAT((*fresh)->FinishRestore(9), IsOk());
      if (!begun.ok()) return {};
      for (const Id id : AllIds()) {
        if (map->ShardOf(bucket_of(id)) != ShardIndex(i)) continue;
        counts[id] = Counts(*fresh->shard, table, {id})[0];
      }
    }
    return counts;
  }

  Options options_ = Machine::OptionsOf();
  Machine machine_;
  Process process_;
  std::vector<Trainer> trainers_;
  int fresh_ = 0;
};

TEST_F(CutTest, HoldsALatePushOfItsEpochAndNoEarlyOneOfTheNext) {
  Count(trainers_[0], {1, 2});
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c", 0));
  Count(trainers_[0], {1, 3});
  ROWHOUSE_ASSERT_OK(trainers_[0].Move(shard(), 1));
  Count(trainers_[0], {1, 4});  // of the next epoch
  ROWHOUSE_ASSERT_OK(shard().WriteBack());
  Count(trainers_[1], {1, 4, 5});  // of this one
  MoveAll(1);
  Count(trainers_[1], {5});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().CloseCheckpoint("c", 0));
  Count(trainers_[2], {6});
  ROWHOUSE_ASSERT_OK(shard().CommitCheckpoint("c", 0, {part}));
  std::vector<float> expected(kRows);
  expected[1] = 3;
  expected[2] = expected[3] = expected[4] = expected[5] = 1;
  EXPECT_EQ(Restored("c"), expected);
}

TEST_F(CutTest, KeepsTheSegmentsThatItNeeds) {
  Count(trainers_[0], {1});
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c", 0));
  const std::vector<Id> ids = AllIds();
  for (int i = 0; i < 100; ++i) {
    Count(trainers_[0], ids);
    ROWHOUSE_ASSERT_OK(shard().Maintain());
  }
  EXPECT_GT(shard().Info().journal_bytes, 10 * options_.journal_segment_bytes);
  MoveAll(1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().CloseCheckpoint("c", 0));
  ROWHOUSE_ASSERT_OK(shard().CommitCheckpoint("c", 0, {part}));
  // And not longer.
  for (int i = 0; i < 10; ++i) {
    Count(trainers_[0], ids);
    ROWHOUSE_ASSERT_OK(shard().Maintain());
  }
  EXPECT_LT(shard().Info().journal_bytes, 8 * options_.journal_segment_bytes);
  std::vector<float> expected(kRows, 100);
  expected[1] = 101;
  EXPECT_EQ(Restored("c"), expected);
}

TEST_F(CutTest, IsGivenUpBeforeItKeepsTooMuchOfTheJournal) {
  ROWHOUSE_ASSERT_OK(process_->Close());
  options_.journal_bytes_max = 40 * options_.journal_segment_bytes;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c", 0));
  for (int i = 0; i < 200; ++i) {
    Count(trainers_[0], AllIds());
    ROWHOUSE_ASSERT_OK(shard().Maintain());
    EXPECT_LT(shard().Info().journal_bytes, options_.journal_bytes_max);
  }
  EXPECT_THAT(shard().CloseCheckpoint("c", 0),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CutTest, HasATableThatIsMadeMeanwhile) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c", 0));
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("late"), TableIncarnation(8)));
  Count(trainers_[0], {7, 8}, "late");
  ROWHOUSE_ASSERT_OK(shard().WriteBack());
  MoveAll(1);
  Count(trainers_[0], {8}, "late");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().CloseCheckpoint("c", 0));
  ROWHOUSE_ASSERT_OK(shard().CommitCheckpoint("c", 0, {part}));
  const std::vector<float> counts = Restored("c", "late");
  EXPECT_EQ(counts[7], 1);
  EXPECT_EQ(counts[8], 1);
  EXPECT_EQ(counts[9], 0);
}

TEST_F(CutTest, HasNoTableThatIsDroppedMeanwhile) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("gone"), TableIncarnation(8)));
  Count(trainers_[0], {7}, "gone");
  Count(trainers_[0], {7});
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c", 0));
  Count(trainers_[0], {7, 8}, "gone");
  ROWHOUSE_ASSERT_OK(shard().DropTable({"gone"}));
  Count(trainers_[0], {8});
  MoveAll(1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().CloseCheckpoint("c", 0));
  ROWHOUSE_ASSERT_OK(shard().CommitCheckpoint("c", 0, {part}));
  const std::vector<float> counts = Restored("c");
  EXPECT_EQ(counts[7], 1);
  EXPECT_EQ(counts[8], 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process fresh,
                                machine_.Start(Machine::OptionsOf(0, 3)));
  ROWHOUSE_ASSERT_OK(fresh->BeginRestore({"c", 9, false}));
  EXPECT_THAT(fresh->ListTables(), testing::SizeIs(1));
}

// No file of a part is written again.
TEST_F(CutTest, ItsFilesDoNotChangeWhenTrainingGoesOn) {
  Count(trainers_[0], AllIds());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const ShardCheckpoint part,
      MakePart(shard(), "c", {&trainers_[0], &trainers_[1], &trainers_[2]}));
  for (int i = 0; i < 30; ++i) {
    Count(trainers_[0], AllIds());
    ROWHOUSE_ASSERT_OK(shard().Maintain());
  }
  machine_.Kill(process_);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  Count(trainers_[0], AllIds());
  ROWHOUSE_EXPECT_OK(storage::ReadShardCheckpoint(
      machine_.disk(),
      storage::ShardCheckpointPath("/checkpoints", "c", ShardIndex(0), 1),
      part));
}

// Pushes, moves, write-backs, kills and checkpoints in any order: each
// checkpoint that came to be holds its epochs' pushes, counted here.
TEST_F(CutTest, AnyOrderOfEventsGivesTheCountsOfTheEpochs) {
  std::mt19937_64 random(17);
  // By epoch and id.
  std::map<std::uint64_t, std::vector<float>> pushed;
  std::vector<std::pair<std::string, std::uint64_t>> made;
  std::string open;
  std::uint64_t epoch = 0;
  int given_up = 0;
  for (int event = 0; event < 3000; ++event) {
    Trainer& trainer = trainers_[random() % trainers_.size()];
    const std::uint64_t draw = random() % 100;
    if (draw < 70) {
      std::vector<Id> ids;
      for (Id id = 0; id < kRows; ++id) {
        if (random() % 8 == 0) ids.push_back(id);
      }
      if (ids.empty()) continue;
      Count(trainer, ids);
      auto& counts = pushed[trainer.header().snapshot_epoch];
      counts.resize(kRows);
      for (const Id id : ids) ++counts[id];
    } else if (draw < 80) {
      const std::uint64_t wanted = shard().Info().snapshot_epoch;
      if (wanted > trainer.header().snapshot_epoch) {
        ROWHOUSE_ASSERT_OK(trainer.Move(shard(), wanted));
      }
    } else if (draw < 86) {
      ROWHOUSE_ASSERT_OK(shard().Maintain());
    } else if (draw < 88) {
      ROWHOUSE_ASSERT_OK(shard().WriteBack());
    } else if (draw < 90) {
      machine_.Kill(process_);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
      given_up += open.empty() ? 0 : 1;
      open.clear();
    } else if (open.empty()) {
      epoch = shard().Info().snapshot_epoch;
      // A restart may have forgotten how far trainers have come, as other
      // shards would know.
      for (Trainer& other : trainers_) {
        if (random() % 2 == 0) continue;
        epoch = std::max(epoch, other.header().snapshot_epoch);
      }
      open = "c" + std::to_string(event);
      ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint(open, epoch));
    } else {
      const auto part = shard().CloseCheckpoint(open, epoch);
      if (absl::IsUnavailable(part.status())) continue;
      ROWHOUSE_ASSERT_OK(part.status());
      ROWHOUSE_ASSERT_OK(shard().CommitCheckpoint(open, epoch, {*part}));
      made.emplace_back(open, epoch);
      open.clear();
    }
  }
  EXPECT_GT(made.size(), 10u);
  EXPECT_GT(given_up, 5);
  for (std::size_t i = 0; i < made.size(); i += 1 + made.size() / 12) {
    std::vector<float> expected(kRows);
    for (const auto& [of, counts] : pushed) {
      if (of > made[i].second) break;
      for (Id id = 0; id < kRows; ++id) expected[id] += counts[id];
    }
    EXPECT_EQ(Restored(made[i].first), expected) << made[i].first;
  }
}

// Killed or cut off at any step of a checkpoint: it is there and whole, or it
// is not, and nothing acknowledged is lost.
TEST_F(CutTest, CutShortAtAnyStepItIsWholeOrNotThere) {
  ROWHOUSE_ASSERT_OK(process_->Close());
  process_.shard.reset();
  // Trainers of lives before are gone.
  options_.session_lease = absl::ZeroDuration();
  int whole = 0;
  int none = 0;
  float pushed = 0;
  for (std::uint64_t step = 1; whole < 3; ++step) {
    ASSERT_LT(step, 300u);
    absl::StatusOr<Process> process = machine_.Start(options_, step);
    const std::string name = "c" + std::to_string(step);
    float of_cut = 0;
    bool made = false;
    if (!process.ok()) {
      process = Process{.disk = std::make_unique<ProcessDisk>(machine_.disk())};
    } else {
      Shard& shard = *process->shard;
      absl::StatusOr<Trainer> trainer = Trainer::Connect(shard);
      if (trainer.ok()) {
        trainer->header().durability = Durability::kPower;
        const auto count = [&] {
          if (trainer->Count(shard, "t", {1}).ok()) ++pushed;
        };
        count();
        of_cut = pushed;
        made = MakeCheckpoint(shard, name, {&*trainer}).ok();
        count();
      }
    }
    if (step % 2 == 0) {
      machine_.Kill(*process);
    } else {
      machine_.PowerCut(*process, step);
    }
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process again, machine_.Start(options_));
    EXPECT_THAT(machine_.disk().Exists(options_.data_dir + "/cut"),
                IsOkAndHolds(false));
    // A push that was not acknowledged may be in.
    const float counted = Counts(*again.shard, "t", {1})[0];
    EXPECT_GE(counted, pushed) << step;
    EXPECT_LE(counted, pushed + 1) << step;
    pushed = counted;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto all, again->ListCheckpoints());
    const bool listed = std::any_of(
        all.complete.begin(), all.complete.end(),
        [&](const CheckpointInfo& info) { return info.name == name; });
    EXPECT_TRUE(listed || !made) << step;
    if (listed) {
      ++whole;
      ROWHOUSE_ASSERT_OK(again->Close());
      again.shard.reset();
      EXPECT_EQ(Restored(name)[1], of_cut) << step;
    } else {
      ++none;
      ROWHOUSE_ASSERT_OK(again->Close());
    }
  }
  EXPECT_GT(none, 20) << "too few steps: the test is blind";
}

}  // namespace
}  // namespace rowhouse::shard
