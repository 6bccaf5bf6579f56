// The stages of a checkpoint on one shard: what they take, in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "shard/shard.h"
#include "storage/checkpoint.h"
#include "storage/checkpoint_part.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr auto kUnavailable = absl::StatusCode::kUnavailable;

class CheckpointTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
    ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1, 2, 3}));
  }
  Shard& shard() { return *process_.shard; }
  void Restart() {
    machine_.Kill(process_);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
  }
  void Pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      machine_.clock().Advance(absl::Seconds(1));
      ROWHOUSE_ASSERT_OK(shard().Maintain());
    }
  }
  // What lies in the shard's own directory for a cut, and what its checkpoint
  // has so far.
  bool HasCutFiles() {
    return machine_.disk().Exists("/data-0-of-1/cut").value();
  }
  bool HasPart(const std::string& name) {
    return machine_.disk()
        .Exists(storage::ShardCheckpointPath("/checkpoints", name,
                                             ShardIndex(0), 1))
        .value();
  }

  Machine machine_;
  Process process_;
  Trainer trainer_;
};

TEST_F(CheckpointTest, ExistsOnceItIsCommitted) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                MakePart(shard(), "c1", {&trainer_}));
  EXPECT_EQ(part.index, ShardIndex(0));
  EXPECT_EQ(part.rows, 3u);
  EXPECT_GT(part.bytes, 0u);
  EXPECT_EQ(part.manifest_sha256.size(), 64u);
  EXPECT_THAT(shard().ListCheckpoints()->complete, IsEmpty());
  machine_.clock().Set(absl::FromUnixSeconds(1'800'000'000));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info,
                                shard().CommitCheckpoint("c1", 0, {part}));
  EXPECT_EQ(info.name, "c1");
  EXPECT_EQ(info.created, absl::FromUnixSeconds(1'800'000'000));
  EXPECT_EQ(info.snapshot_epoch, 0u);
  EXPECT_EQ(info.rows, 3u);
  EXPECT_EQ(info.bytes, part.bytes);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto all, shard().ListCheckpoints());
  ASSERT_THAT(all.complete, SizeIs(1));
  EXPECT_EQ(all.complete[0].name, "c1");
  EXPECT_FALSE(HasCutFiles());
}

TEST_F(CheckpointTest, ClosingWaitsForEverySessionToMove) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer other, Trainer::Connect(shard()));
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  EXPECT_THAT(shard().CloseCheckpoint("c1", 0),
              StatusIs(kUnavailable,
                       "shard 0 waits for 2 of 2 sessions to end their step "
                       "and move beyond epoch 0, session 1 the first"));
  // Every answer asks for it.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply reply,
                                trainer_.Count(shard(), "t", {1}));
  EXPECT_EQ(reply.wanted_snapshot_epoch, 1u);
  EXPECT_THAT(shard().Heartbeat({.session = other.session()}),
              IsOkAndHolds(1u));
  // A push moves a session, and so does a sign of life.
  trainer_.header().snapshot_epoch = 1;
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  EXPECT_THAT(shard().CloseCheckpoint("c1", 0),
              StatusIs(kUnavailable, HasSubstr("1 of 2 sessions")));
  ROWHOUSE_ASSERT_OK(other.Move(shard(), 1));
  ROWHOUSE_EXPECT_OK(shard().CloseCheckpoint("c1", 0));
  // One that begins meanwhile begins in the next epoch.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Trainer late, Trainer::Connect(shard()));
  EXPECT_EQ(Trainer(late).header().snapshot_epoch, 1u);
}

// Nobody could give a sign of life to a process that was stopped.
TEST_F(CheckpointTest, AShardThatStoodStillEndsNoSession) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  machine_.clock().Advance(absl::Seconds(45));
  EXPECT_THAT(shard().CloseCheckpoint("c1", 0),
              StatusIs(kUnavailable, HasSubstr("waits for 1 of 1")));
  ROWHOUSE_EXPECT_OK(trainer_.Count(shard(), "t", {2}));
  Pass(30);
  ROWHOUSE_EXPECT_OK(shard().CloseCheckpoint("c1", 0));
}

TEST_F(CheckpointTest, ASessionThatIsSilentForItsLeaseIsEnded) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer other, Trainer::Connect(shard()));
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  Pass(29);
  EXPECT_THAT(shard().CloseCheckpoint("c1", 0),
              StatusIs(kUnavailable, HasSubstr("waits for 2 of 2")));
  ROWHOUSE_ASSERT_OK(trainer_.Move(shard(), 0));  // a sign of life
  Pass(1);
  EXPECT_THAT(shard().CloseCheckpoint("c1", 0),
              StatusIs(kUnavailable, HasSubstr("waits for 1 of 1")));
  EXPECT_THAT(other.Count(shard(), "t", {2}),
              StatusIs(kPrecondition, HasSubstr("session 2 is unknown or")));
  ROWHOUSE_ASSERT_OK(trainer_.Move(shard(), 1));
  ROWHOUSE_EXPECT_OK(shard().CloseCheckpoint("c1", 0));
  Restart();
  EXPECT_THAT(other.Count(shard(), "t", {2}),
              StatusIs(kPrecondition, HasSubstr("session 2 is unknown or")));
  ROWHOUSE_EXPECT_OK(trainer_.Count(shard(), "t", {2}));
}

TEST_F(CheckpointTest, ASessionThatItsClientEndsIsNotWaitedFor) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  ROWHOUSE_ASSERT_OK(shard().EndSession(trainer_.session()));
  ROWHOUSE_EXPECT_OK(shard().CloseCheckpoint("c1", 0));
}

// What model bug `late_epoch_admitted` breaks.
TEST_F(CheckpointTest, APushOfAClosedEpochIsRefusedAlsoAfterARestart) {
  ROWHOUSE_ASSERT_OK(MakePart(shard(), "c1", {&trainer_}));
  for (int life = 0; life < 3; ++life) {
    trainer_.header().snapshot_epoch = 0;
    EXPECT_THAT(trainer_.Count(shard(), "t", {1}),
                StatusIs(kPrecondition, HasSubstr("takes epoch 1 and later")));
    // One that was applied is answered, whatever its epoch.
    --trainer_.header().sequence;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushReply again,
                                  trainer_.Count(shard(), "t", {1, 2, 3}));
    EXPECT_TRUE(again.duplicate);
    // Once from the journal, once from the watermarks.
    if (life == 1) {
      ROWHOUSE_ASSERT_OK(process_->Close());
    }
    Restart();
  }
  EXPECT_THAT(Counts(shard(), "t", {1}), ElementsAre(1));
  trainer_.header().snapshot_epoch = 1;
  ROWHOUSE_EXPECT_OK(trainer_.Count(shard(), "t", {1}));
}

TEST_F(CheckpointTest, EpochsThatCannotBeAreRefused) {
  trainer_.header().snapshot_epoch = ~std::uint64_t{0};
  EXPECT_THAT(trainer_.Count(shard(), "t", {1}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(trainer_.Move(shard(), ~std::uint64_t{0}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(shard().OpenCheckpoint("c", ~std::uint64_t{0}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(shard().Info().snapshot_epoch, 0u);
}

// What model bugs `cut_after_apply` and `cut_begun_again` break.
TEST_F(CheckpointTest, NoCutIsOpenedWhereALaterEpochMayBe) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  trainer_.header().snapshot_epoch = 1;
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  Restart();
  EXPECT_THAT(shard().CloseCheckpoint("c1", 0),
              StatusIs(kPrecondition, HasSubstr("has no open cut of epoch 0")));
  EXPECT_THAT(shard().OpenCheckpoint("c1", 0),
              StatusIs(kPrecondition,
                       "a cut of epoch 0 comes too late for shard 0, whose "
                       "clients have reached epoch 1"));
  EXPECT_EQ(shard().Info().snapshot_epoch, 1u);
  ROWHOUSE_EXPECT_OK(MakePart(shard(), "c1", {&trainer_}));
}

TEST_F(CheckpointTest, AStageMayBeAskedForAgain) {
  for (int i = 0; i < 2; ++i) {
    ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  }
  ROWHOUSE_ASSERT_OK(trainer_.Move(shard(), 1));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().CloseCheckpoint("c1", 0));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint again,
                                shard().CloseCheckpoint("c1", 0));
  EXPECT_EQ(part.manifest_sha256, again.manifest_sha256);
  ROWHOUSE_ASSERT_OK(shard().CommitCheckpoint("c1", 0, {part}));
  EXPECT_THAT(shard().CommitCheckpoint("c1", 0, {part}),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(CheckpointTest, OneAtATime) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  EXPECT_THAT(shard().OpenCheckpoint("c2", 0),
              StatusIs(kPrecondition,
                       AllOf(HasSubstr("checkpoint 'c1' of epoch 0 is being "),
                             HasSubstr("60 seconds"))));
  EXPECT_THAT(shard().CloseCheckpoint("c2", 0), StatusIs(kPrecondition));
  EXPECT_THAT(shard().CloseCheckpoint("c1", 1), StatusIs(kPrecondition));
  // Its maker is not heard of any more.
  machine_.clock().Advance(absl::Seconds(60));
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c2", 0));
  ROWHOUSE_ASSERT_OK(trainer_.Move(shard(), 1));
  ROWHOUSE_ASSERT_OK(shard().CloseCheckpoint("c2", 0));
  EXPECT_FALSE(HasPart("c1"));
}

TEST_F(CheckpointTest, OneThatAnotherShardCommittedIsNotInTheWay) {
  const auto commit = [&](const std::string& name, std::uint64_t epoch) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                  MakePart(shard(), name, {&trainer_}));
    ROWHOUSE_ASSERT_OK(storage::CommitCheckpoint(
        machine_.disk(), "/checkpoints",
        {.name = name, .snapshot_epoch = epoch, .shards = {part}}, "test"));
  };
  commit("c1", 0);
  commit("c2", 1);
  // Nor when it was deleted since.
  ROWHOUSE_ASSERT_OK(
      storage::DeleteCheckpoint(machine_.disk(), "/checkpoints", "c2"));
  commit("c3", 2);
  EXPECT_TRUE(HasPart("c1"));
  EXPECT_FALSE(HasPart("c2"));
}

TEST_F(CheckpointTest, ACutThatNobodyAsksForIsGivenUp) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("open", 0));
  machine_.clock().Advance(absl::Seconds(59));
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_TRUE(HasCutFiles());
  machine_.clock().Advance(absl::Seconds(1));
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_FALSE(HasCutFiles());

  ROWHOUSE_ASSERT_OK(MakePart(shard(), "closed", {&trainer_}));
  EXPECT_TRUE(HasPart("closed"));
  machine_.clock().Advance(absl::Seconds(60));
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_FALSE(HasPart("closed"));
  EXPECT_THAT(machine_.disk().List("/checkpoints"), IsOkAndHolds(IsEmpty()));

  // One that another shard has committed stays.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                MakePart(shard(), "made", {&trainer_}));
  ROWHOUSE_ASSERT_OK(storage::CommitCheckpoint(
      machine_.disk(), "/checkpoints",
      {.name = "made", .snapshot_epoch = 1, .shards = {part}}, "test"));
  machine_.clock().Advance(absl::Seconds(60));
  ROWHOUSE_ASSERT_OK(shard().Maintain());
  EXPECT_TRUE(HasPart("made"));
}

TEST_F(CheckpointTest, GivenUpItLeavesNothingBehind) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  ROWHOUSE_ASSERT_OK(shard().AbortCheckpoint("c1", 0));
  EXPECT_FALSE(HasCutFiles());
  ROWHOUSE_ASSERT_OK(MakePart(shard(), "c1", {&trainer_}));
  // Of another attempt.
  ROWHOUSE_ASSERT_OK(shard().AbortCheckpoint("c1", 4));
  EXPECT_TRUE(HasPart("c1"));
  // Also when the shard was started in between.
  Restart();
  ROWHOUSE_ASSERT_OK(shard().AbortCheckpoint("c1", 0));
  EXPECT_THAT(machine_.disk().List("/checkpoints"), IsOkAndHolds(IsEmpty()));
  ROWHOUSE_ASSERT_OK(MakeCheckpoint(shard(), "c1", {&trainer_}));
  EXPECT_THAT(shard().AbortCheckpoint("c1", 1),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_TRUE(HasPart("c1"));
}

// On another file system files are copied one by one.
TEST_F(CheckpointTest, KilledWhileItIsCopiedItsPartCanBeTakenBack) {
  machine_.disk().Mount("/checkpoints");
  bool made = false;
  int begun = 0;  // copies that a kill cut short
  for (std::uint64_t step = 1; !made; ++step) {
    ASSERT_LT(step, 500u);
    const std::string name = absl::StrCat("c", step);
    std::uint64_t epoch = 0;
    // Lives that end so leave no segments for the next to open.
    ROWHOUSE_ASSERT_OK(shard().Close());
    process_.shard.reset();
    absl::StatusOr<Process> dying = machine_.Start(Machine::OptionsOf(), step);
    if (dying.ok()) {
      epoch = (*dying)->Info().snapshot_epoch;
      made = MakePart(*dying->shard, name, {&trainer_}).ok();
    } else {
      dying = Process{.disk = std::make_unique<ProcessDisk>(machine_.disk())};
    }
    machine_.Kill(*dying);
    const std::string copy =
        storage::ShardCheckpointPath("/checkpoints", name, ShardIndex(0), 1) +
        ".new";
    begun += machine_.disk().Exists(copy).value() ? 1 : 0;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    ROWHOUSE_ASSERT_OK(shard().AbortCheckpoint(name, epoch));
    EXPECT_THAT(machine_.disk().Exists("/checkpoints/" + name),
                IsOkAndHolds(false))
        << step;
  }
  EXPECT_GT(begun, 3) << "too few steps: the test is blind";
}

TEST_F(CheckpointTest, WhatNobodyTookBackCanBeDeleted) {
  ROWHOUSE_ASSERT_OK(MakePart(shard(), "c1", {&trainer_}));
  EXPECT_THAT(shard().DeleteCheckpoint("c1"),
              StatusIs(kPrecondition,
                       HasSubstr("checkpoint 'c1' of epoch 0 is being made")));
  EXPECT_TRUE(HasPart("c1"));
  EXPECT_THAT(shard().DeleteCheckpoint("c2"),
              StatusIs(absl::StatusCode::kNotFound));
  // Its maker is gone, and the shard does not know of it any more.
  Restart();
  ROWHOUSE_ASSERT_OK(shard().DeleteCheckpoint("c1"));
  EXPECT_THAT(machine_.disk().List("/checkpoints"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(shard().DeleteCheckpoint("c1"),
              StatusIs(absl::StatusCode::kNotFound));
}

// Others may have rows to read from it yet.
TEST_F(CheckpointTest, NoneIsDeletedWhileTheShardIsRestored) {
  ROWHOUSE_ASSERT_OK(MakeCheckpoint(shard(), "c1", {&trainer_}));
  ROWHOUSE_ASSERT_OK(shard().BeginRestore({"c1", 9, true}));
  EXPECT_THAT(
      shard().DeleteCheckpoint("c1"),
      StatusIs(kPrecondition, HasSubstr("shard 0 is being restored, and")));
  EXPECT_THAT(shard().ListCheckpoints()->complete, SizeIs(1));
  ROWHOUSE_ASSERT_OK(shard().FinishRestore(9));
  ROWHOUSE_EXPECT_OK(shard().DeleteCheckpoint("c1"));
}

TEST_F(CheckpointTest, ARestartGivesAnOpenCutUp) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  EXPECT_TRUE(HasCutFiles());
  Restart();
  EXPECT_FALSE(HasCutFiles());
  // Nobody has moved, so the epoch can be cut yet.
  ROWHOUSE_EXPECT_OK(MakePart(shard(), "c1", {&trainer_}));
}

TEST_F(CheckpointTest, ACheckpointIsInTheWay) {
  ROWHOUSE_ASSERT_OK(MakeCheckpoint(shard(), "c1", {&trainer_}));
  EXPECT_THAT(shard().OpenCheckpoint("c1", 1),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("checkpoint 'c1' exists")));
  ROWHOUSE_ASSERT_OK(shard().DeleteCheckpoint("c1"));
  EXPECT_THAT(shard().DeleteCheckpoint("c1"),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_EXPECT_OK(MakeCheckpoint(shard(), "c1", {&trainer_}));
}

TEST_F(CheckpointTest, AFailedPartIsRemovedAndTheShardGoesOn) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c1", 0));
  ROWHOUSE_ASSERT_OK(trainer_.Move(shard(), 1));
  machine_.disk().SetCapacity(1u << 20);
  EXPECT_THAT(shard().CloseCheckpoint("c1", 0),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_FALSE(HasCutFiles());
  EXPECT_FALSE(HasPart("c1"));
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  machine_.disk().SetCapacity(1u << 30);
  ROWHOUSE_EXPECT_OK(MakePart(shard(), "c1", {&trainer_}));
}

TEST_F(CheckpointTest, AShardThatIsToEndFinishesNoPart) {
  ROWHOUSE_ASSERT_OK(shard().OpenCheckpoint("c", 0));
  ROWHOUSE_ASSERT_OK(trainer_.Move(shard(), 1));
  shard().Stop();
  EXPECT_THAT(shard().CloseCheckpoint("c", 0),
              StatusIs(kUnavailable, "the shard ends"));
  EXPECT_FALSE(HasCutFiles());
  ROWHOUSE_EXPECT_OK(trainer_.Count(shard(), "t", {1}));
  ROWHOUSE_EXPECT_OK(shard().Close());
}

TEST_F(CheckpointTest, CommitWantsEveryPartOnce) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(ShardCheckpoint part,
                                MakePart(shard(), "c1", {&trainer_}));
  EXPECT_THAT(shard().CommitCheckpoint("c1", 0, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "checkpoint 'c1' of 0 parts, expected 1"));
  EXPECT_THAT(shard().CommitCheckpoint("c1", 1, {part}),
              StatusIs(kPrecondition, HasSubstr("cut of epoch 0, not 1")));
  part.index = ShardIndex(1);
  EXPECT_THAT(shard().CommitCheckpoint("c1", 0, {part}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "checkpoint 'c1' has a part of shard 1, expected 0"));
  EXPECT_THAT(shard().CommitCheckpoint("c2", 0, {{.index = ShardIndex(0)}}),
              StatusIs(kPrecondition));
}

TEST_F(CheckpointTest, NamesThatAreNoDirectoriesAreRefused) {
  const auto invalid = StatusIs(absl::StatusCode::kInvalidArgument);
  for (const char* name : {"", "../c", ".c", "a/b"}) {
    EXPECT_THAT(shard().OpenCheckpoint(name, 0), invalid);
    EXPECT_THAT(shard().CloseCheckpoint(name, 0), invalid);
    EXPECT_THAT(shard().CommitCheckpoint(name, 0, {}), invalid);
    EXPECT_THAT(shard().AbortCheckpoint(name, 0), invalid);
    EXPECT_THAT(shard().DeleteCheckpoint(name), invalid);
    EXPECT_THAT(shard().BeginRestore({name, 1, true}), invalid);
  }
}

}  // namespace
}  // namespace rowhouse::shard
