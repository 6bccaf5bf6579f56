// Shard::BeginRestore and FinishRestore.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rowhouse/shard_map.h"
#include "shard/shard.h"
#include "storage/checkpoint.h"
#include "storage/row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr Id kRows = 400;

// The ids below kRows of table "t" that shard `index` of `count` has.
std::vector<Id> IdsOf(std::uint32_t index, std::uint32_t count) {
  const auto map = ShardMap::Uniform(1, count);
  const BucketFunction bucket_of("t", Placement::kHashed);
  std::vector<Id> ids;
  for (Id id = 0; id < kRows; ++id) {
    if (map->ShardOf(bucket_of(id)) == ShardIndex(index)) ids.push_back(id);
  }
  return ids;
}

// Four shards with trained tables and a checkpoint "c" of them.
class RestoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<ShardCheckpoint> parts;
    for (std::uint32_t i = 0; i < 4; ++i) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process,
                                    machine_.Start(Machine::OptionsOf(i, 4)));
      ROWHOUSE_ASSERT_OK(
          process->CreateTable(AdagradTable("t", 2), TableIncarnation(5)));
      ROWHOUSE_ASSERT_OK(
          process->CreateTable(CounterSpec("empty"), TableIncarnation(6)));
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                    Trainer::Connect(*process.shard));
      // Some pushes are in the copied rows, some in the journal upon them, and
      // one comes too late to be in the checkpoint.
      Train(*process.shard, trainer, IdsOf(i, 4), 3);
      ROWHOUSE_ASSERT_OK(process->OpenCheckpoint("c", 0));
      Train(*process.shard, trainer, IdsOf(i, 4), i);
      for (const Id id : IdsOf(i, 4)) {
        before_[id] = ReadAll(*process.shard, "t", {id});
      }
      ROWHOUSE_ASSERT_OK(trainer.Move(*process.shard, 1));
      Train(*process.shard, trainer, IdsOf(i, 4), 1);
      for (const Id id : IdsOf(i, 4)) {
        after_[id] = ReadAll(*process.shard, "t", {id});
      }
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                    process->CloseCheckpoint("c", 0));
      parts.push_back(part);
      cuts_.push_back(process->Info().last_lsn);
      trainers_.push_back(trainer);
      sources_.push_back(std::move(process));
    }
    ROWHOUSE_ASSERT_OK(sources_[0]->CommitCheckpoint("c", 0, parts));
  }

  static void Train(Shard& shard, Trainer& trainer, const std::vector<Id>& ids,
                    std::uint32_t pushes) {
    for (std::uint32_t push = 0; push < pushes; ++push) {
      std::vector<float> gradients(ids.size() * 2);
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        gradients[i] = std::sin(static_cast<float>(i + push));
      }
      ROWHOUSE_ASSERT_OK(trainer.Push(shard, {{.table = "t",
                                               .dim = 2,
                                               .bags = {.ids = ids},
                                               .gradients = gradients}}));
    }
  }

  // Rows and slots of the shard are those of the checkpoint.
  void ExpectRestored(const Shard& shard, std::uint32_t index,
                      std::uint32_t count) {
    const std::vector<Id> ids = IdsOf(index, count);
    for (const Id id : ids) {
      const RowsReply rows = ReadAll(shard, "t", {id});
      ExpectSameRows(rows, before_[id]);
    }
    EXPECT_EQ(shard.Info().rows_stored, ids.size());
    EXPECT_EQ(shard.Info().tables, 2u);
    EXPECT_EQ(shard.DescribeTable("t")->spec, AdagradTable("t", 2));
    EXPECT_EQ(shard.DescribeTable("t")->incarnation, TableIncarnation(5));
  }

  Machine machine_;
  std::vector<Process> sources_;
  std::vector<Trainer> trainers_;
  std::vector<Lsn> cuts_;
  std::map<Id, RowsReply> before_;  // what the checkpoint has
  std::map<Id, RowsReply> after_;   // what the shards have now
};

TEST_F(RestoreTest, ReachesAnyNumberOfNewShards) {
  for (const std::uint32_t count : {1u, 3u, 5u}) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const Options options = Machine::OptionsOf(i, count);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine_.Start(options));
      ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 99, false}));
      ROWHOUSE_ASSERT_OK(process->FinishRestore(99));
      ExpectRestored(*process.shard, i, count);
      const Lsn newest_cut = *std::max_element(cuts_.begin(), cuts_.end());
      EXPECT_GT(Lsn(ReadAll(*process.shard, "t", {IdsOf(i, count)[0]}).lsns[0]),
                newest_cut);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const OpenSessionReply session,
                                    process->OpenSession());
      EXPECT_EQ(session.restore_id, 99u);
      EXPECT_NE(session.session.incarnation, options.new_incarnation);
      // And stays.
      process.Die();
      machine_.disk().PowerCut(i, storage::MemDisk::Tear::kSectors);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine_.Start(options));
      EXPECT_EQ(process->Info().restore_id, 99u);
      EXPECT_EQ(process->Info().incarnation, session.session.incarnation);
      ExpectRestored(*process.shard, i, count);
      ROWHOUSE_ASSERT_OK(process->Close());
    }
  }
}

TEST_F(RestoreTest, GoesBackToTheCheckpointAndRefusesSessionsFromBefore) {
  for (std::uint32_t i = 0; i < 4; ++i) {
    Shard& shard = *sources_[i].shard;
    Train(shard, trainers_[i], IdsOf(i, 4), 2);
    ROWHOUSE_ASSERT_OK(
        shard.CreateTable(CounterSpec("later"), TableIncarnation(8)));
    EXPECT_THAT(shard.BeginRestore({"c", 7, /*replace=*/false}),
                StatusIs(kPrecondition, HasSubstr("has 3 tables")));
    EXPECT_EQ(shard.Info().state, "serving");
    ROWHOUSE_ASSERT_OK(shard.BeginRestore({"c", 7, /*replace=*/true}));
    ROWHOUSE_ASSERT_OK(shard.FinishRestore(7));
    EXPECT_EQ(shard.Info().sessions, 0u);
    ExpectRestored(shard, i, 4);
    // Both one that was applied and one that never was.
    for (const std::uint64_t sequence : {0, 50}) {
      trainers_[i].header().sequence = sequence;
      EXPECT_THAT(trainers_[i].Count(shard, "t", IdsOf(i, 4)),
                  StatusIs(kPrecondition, HasSubstr("session of incarnation")));
    }
    ExpectRestored(shard, i, 4);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer fresh, Trainer::Connect(shard));
    Train(shard, fresh, IdsOf(i, 4), 1);
    const RowsReply trained = ReadAll(shard, "t", IdsOf(i, 4));
    machine_.PowerCut(sources_[i], 4);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(sources_[i],
                                  machine_.Start(Machine::OptionsOf(i, 4)));
    EXPECT_EQ(sources_[i]->Info().tables, 2u);
    if (i == 3) break;
    // The power cut took the other processes with it.
    sources_[i + 1].Die();
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(sources_[i + 1],
                                  machine_.Start(Machine::OptionsOf(i + 1, 4)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainers_[i + 1],
                                  Trainer::Connect(*sources_[i + 1].shard));
  }
}

TEST_F(RestoreTest, EverythingButInformationWaitsUntilItIsFinished) {
  Options options = Machine::OptionsOf(0, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine_.Start(options));
  ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 99, false}));
  for (int life = 0; life < 2; ++life) {
    const auto waits = StatusIs(kPrecondition, "shard 0 is being restored");
    Trainer trainer;
    trainer.header().map_version = 7;
    EXPECT_THAT(trainer.Count(*process.shard, "t", {1}), waits);
    EXPECT_THAT(process->OpenSession(), waits);
    EXPECT_THAT(process->CheckLookup({}), waits);
    EXPECT_THAT(process->ReadRows({.table = "t"}), waits);
    EXPECT_THAT(process->CreateTable(CounterSpec("u"), TableIncarnation(9)),
                waits);
    EXPECT_THAT(process->DropTable({"t"}), waits);
    EXPECT_THAT(process->OpenCheckpoint("d", 0), waits);
    ROWHOUSE_EXPECT_OK(process->ListCheckpoints());
    EXPECT_EQ(process->Info().state, "restoring");
    EXPECT_THAT(process->FinishRestore(98),
                StatusIs(kPrecondition, HasSubstr("is 99, not 98")));
    if (life == 1) break;
    machine_.Kill(process);
    for (Process& source : sources_) source.Die();
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine_.Start(options));
  }
  ROWHOUSE_ASSERT_OK(process->FinishRestore(99));
  ROWHOUSE_EXPECT_OK(process->FinishRestore(99));
  ExpectRestored(*process.shard, 0, 1);
}

// The answer to the first try may be lost, and so may the second come late.
TEST_F(RestoreTest, ASecondTryIsOkAndLoadsNothingAgain) {
  const Options options = Machine::OptionsOf(0, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine_.Start(options));
  ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 99, false}));
  const ShardInfo begun = process->Info();
  ROWHOUSE_EXPECT_OK(process->BeginRestore({"c", 99, false}));
  EXPECT_EQ(process->Info().state, "restoring");
  EXPECT_EQ(process->Info().incarnation, begun.incarnation);
  // Also when the shard was started in between.
  machine_.Kill(process);
  for (Process& source : sources_) source.Die();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine_.Start(options));
  ROWHOUSE_EXPECT_OK(process->BeginRestore({"c", 99, false}));
  EXPECT_EQ(process->Info().incarnation, begun.incarnation);
  ROWHOUSE_ASSERT_OK(process->FinishRestore(99));
  ExpectRestored(*process.shard, 0, 1);

  // One that comes when training goes on takes nothing away.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  Train(*process.shard, trainer, {1, 2}, 1);
  const RowsReply trained = ReadAll(*process.shard, "t", {1, 2});
  ROWHOUSE_EXPECT_OK(process->BeginRestore({"c", 99, true}));
  EXPECT_EQ(process->Info().state, "serving");
  ExpectSameRows(ReadAll(*process.shard, "t", {1, 2}), trained);
  Train(*process.shard, trainer, {1, 2}, 1);
}

TEST_F(RestoreTest, ASecondTryFromAnotherCheckpointIsRefused) {
  const Options options = Machine::OptionsOf(0, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine_.Start(options));
  ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 99, false}));
  for (int life = 0; life < 2; ++life) {
    EXPECT_THAT(process->BeginRestore({"d", 99, true}),
                StatusIs(kPrecondition,
                         "restore 99 of shard 0 is one of checkpoint 'c', not "
                         "'d'"));
    machine_.Kill(process);
    for (Process& source : sources_) source.Die();
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine_.Start(options));
  }
  ROWHOUSE_ASSERT_OK(process->FinishRestore(99));
  ExpectRestored(*process.shard, 0, 1);
  // Another restore is another restore.
  ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 100, true}));
  EXPECT_EQ(process->Info().state, "restoring");
}

// A request may lie in a network for as long as it likes.
TEST_F(RestoreTest, WhatComesAfterAnotherRestoreUndoesNothing) {
  const Options options = Machine::OptionsOf(0, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine_.Start(options));
  const std::uint64_t first = process->Info().incarnation;
  ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 98, false, first}));
  const std::uint64_t second = process->Info().incarnation;
  ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 99, true, second}));
  ROWHOUSE_ASSERT_OK(process->FinishRestore(99));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer trainer,
                                Trainer::Connect(*process.shard));
  Train(*process.shard, trainer, {1, 2}, 1);
  const RowsReply trained = ReadAll(*process.shard, "t", {1, 2});
  const auto late = [&](absl::string_view what) {
    return StatusIs(
        kPrecondition,
        absl::StrCat(what, " when shard 0 had incarnation ", first, "; it has ",
                     process->Info().incarnation, " now"));
  };
  EXPECT_THAT(process->BeginRestore({"c", 98, true, first}),
              late("restore 98 was asked for"));
  // The table is there again, by the same name and incarnation.
  EXPECT_THAT(process->DropTable({"t", TableIncarnation(5), first}),
              late("table 't' was to be dropped"));
  EXPECT_EQ(process->Info().state, "serving");
  ExpectSameRows(ReadAll(*process.shard, "t", {1, 2}), trained);
}

// It must not wait for the first and hold a thread of the server.
TEST_F(RestoreTest, ASecondTryWhileTheFirstLoadsIsToldToAskAgain) {
  Shard* loading = nullptr;
  std::vector<absl::Status> tries;
  machine_.WrapRowStores([&](std::unique_ptr<storage::RowStore> rows, bool) {
    if (loading != nullptr) {
      tries.push_back(loading->BeginRestore({"c", 99, false}));
    }
    return rows;
  });
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process,
                                machine_.Start(Machine::OptionsOf(0, 1)));
  loading = process.shard.get();
  ROWHOUSE_ASSERT_OK(process->BeginRestore({"c", 99, false}));
  loading = nullptr;
  EXPECT_THAT(tries, SizeIs(4));
  for (const absl::Status& status : tries) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                                 "shard 0 is loading restore 99: ask again"));
  }
  ROWHOUSE_EXPECT_OK(process->BeginRestore({"c", 99, false}));
  ROWHOUSE_ASSERT_OK(process->FinishRestore(99));
  ExpectRestored(*process.shard, 0, 1);
}

TEST_F(RestoreTest, ACheckpointThatIsNotWholeChangesNothing) {
  Shard& shard = *sources_[2].shard;
  const std::vector<Id> ids = IdsOf(2, 4);
  EXPECT_THAT(shard.BeginRestore({"d", 7, true}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(shard.BeginRestore({"c", 0, true}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string part =
      storage::ShardCheckpointPath("/checkpoints", "c", ShardIndex(1), 4);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto files,
                                machine_.disk().List(part + "/rows"));
  const std::string file = part + "/rows/" + files[0];
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(std::string bytes,
                                machine_.disk().Read(file, 1 << 20));
  bytes[bytes.size() / 2] ^= 1;
  machine_.disk().Damage(file, bytes);
  EXPECT_THAT(shard.BeginRestore({"c", 7, true}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(file)));
  EXPECT_EQ(shard.Info().state, "serving");
  for (const Id id : ids) {
    ExpectSameRows(ReadAll(shard, "t", {id}), after_[id]);
  }
  ROWHOUSE_EXPECT_OK(trainers_[2].Count(shard, "t", ids));
}

// Killed or cut off at any step, the shard is what it was, or waits for a
// restore that then works.
TEST_F(RestoreTest, CutShortAtAnyStepItCanBeBegunAgain) {
  for (Process& source : sources_) ROWHOUSE_ASSERT_OK(source->Close());
  const Options options = Machine::OptionsOf(1, 4);
  bool finished = false;
  std::uint64_t step = 1;
  int cut_short = 0;
  for (; !finished; ++step) {
    ASSERT_LT(step, 200u);
    std::uint64_t asked_in = 0;  // the shard's incarnation
    absl::StatusOr<Process> process = machine_.Start(options, step);
    if (!process.ok()) {
      process = Process{.disk = std::make_unique<ProcessDisk>(machine_.disk())};
    } else {
      Shard& shard = *process->shard;
      asked_in = shard.Info().incarnation;
      finished = shard.BeginRestore({"c", 7 + step, true, asked_in}).ok() &&
                 shard.FinishRestore(7 + step).ok();
    }
    if (step % 2 == 0) {
      machine_.Kill(*process);
    } else {
      machine_.PowerCut(*process, step);
    }
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process again, machine_.Start(options));
    const std::string state = again->Info().state;
    // One that is killed while it starts has what it had: its old rows, or
    // those of the try before, which was begun again.
    if (state == "serving" && !finished && cut_short == 0) {
      for (const Id id : IdsOf(1, 4)) {
        ExpectSameRows(ReadAll(*again.shard, "t", {id}), after_[id]);
      }
    } else if (state == "serving") {
      ExpectRestored(*again.shard, 1, 4);
    } else {
      EXPECT_EQ(state, "restoring");
      ++cut_short;
      // Only one that has its rows can be finished.
      if (!again->FinishRestore(7 + step).ok()) {
        EXPECT_EQ(again->Info().tables, 0u);
        // The same restore once more, or another.
        const bool another = step % 3 == 0;
        const std::uint64_t next = (another ? 500 : 7) + step;
        if (another) asked_in = again->Info().incarnation;
        ROWHOUSE_ASSERT_OK(again->BeginRestore({"c", next, true, asked_in}));
        ROWHOUSE_ASSERT_OK(again->FinishRestore(next));
      }
      ExpectRestored(*again.shard, 1, 4);
    }
    ROWHOUSE_ASSERT_OK(again->Close());
  }
  EXPECT_GT(cut_short, 10) << "too few steps: the test is blind";
}

}  // namespace
}  // namespace rowhouse::shard
