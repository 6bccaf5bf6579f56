#include "client/internal/checkpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CheckpointsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
  }
  absl::StatusOr<CheckpointSummary> Create(absl::string_view name) {
    return CreateCheckpoint(*cluster_, name, time_.Deadline(),
                            [&] { ++beats_; });
  }
  // Makes `name` visible to every shard, as a shared directory does.
  void Share(const std::string& name) {
    for (std::uint32_t s = 0; s < 3; ++s) {
      ROWHOUSE_ASSERT_OK(cluster_->stub(ShardIndex(s))
                             .CommitCheckpoint(name, 0, {}, time_.Deadline()));
    }
  }
  absl::Status Restore(absl::string_view name, bool replace) {
    return RestoreCheckpoint(*cluster_, name, 55, replace, time_.Deadline());
  }

  FakeCluster fake_{3};
  FakeTime time_;
  std::unique_ptr<Cluster> cluster_;
  int beats_ = 0;
};

TEST_F(CheckpointsTest, EveryShardOpensThenClosesAndTheFirstCommits) {
  fake_.shard(2).Script("OpenCheckpoint", {Fate::Lost()});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointSummary made, Create("c"));
  EXPECT_EQ(made.name, "c");
  EXPECT_EQ(made.shards, 3u);
  EXPECT_EQ(made.rows, 30u);
  EXPECT_EQ(fake_.shard(1).Count("CommitCheckpoint"), 0u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto list,
                                ListCheckpoints(*cluster_, time_.Deadline()));
  EXPECT_THAT(list, SizeIs(1));
}

TEST_F(CheckpointsTest, NoShardIsClosedBeforeAllAreOpen) {
  fake_.shard(2).Script(
      "OpenCheckpoint",
      {Fate::Refused(absl::FailedPreconditionError("too late"))});
  EXPECT_THAT(Create("c"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                    HasSubstr("shard 2 (fake:2): too late")));
  for (int s = 0; s < 3; ++s) {
    EXPECT_EQ(fake_.shard(s).Count("CloseCheckpoint"), 0u);
    EXPECT_EQ(fake_.shard(s).Count("AbortCheckpoint"), 1u);
  }
}

TEST_F(CheckpointsTest, AShardThatWaitsIsAskedAgainAndTheClientBeats) {
  fake_.shard(1).Script("CloseCheckpoint",
                        {Fate::Refused(absl::UnavailableError("waits")),
                         Fate::ReplyLost(), Fate::Lost()});
  ROWHOUSE_ASSERT_OK(Create("c"));
  EXPECT_EQ(fake_.shard(1).Count("CloseCheckpoint"), 4u);
  EXPECT_EQ(beats_, 4);
}

TEST_F(CheckpointsTest, WhatIsWaitedForIsSaidWithTheShardsName) {
  std::vector<std::string> waits;
  Cluster::Options options = time_.options();
  options.retry.on_retry = [&](const absl::Status& why) {
    waits.push_back(why.ToString());
  };
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      cluster_, Cluster::Join(fake_.Stubs(), std::move(options)));
  fake_.shard(2).Script("OpenCheckpoint", {Fate::Lost()});
  fake_.shard(1).Script("CloseCheckpoint",
                        {Fate::Refused(absl::UnavailableError("refused"))});
  ROWHOUSE_ASSERT_OK(Create("c"));
  ASSERT_THAT(waits, SizeIs(2));
  EXPECT_THAT(waits[0], HasSubstr("shard 2 (fake:2): "));
  EXPECT_EQ(waits[1], "UNAVAILABLE: shard 1 (fake:1): refused");
}

TEST_F(CheckpointsTest, AShardThatGaveUpEndsItThoughOthersWait) {
  fake_.shard(0).Script(
      "CloseCheckpoint",
      std::vector<Fate>(kForever,
                        Fate::Refused(absl::UnavailableError("waits"))));
  fake_.shard(1).Script(
      "CloseCheckpoint",
      {Fate::Refused(absl::FailedPreconditionError("no open cut"))});
  EXPECT_THAT(Create("c"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                    HasSubstr("shard 1 (fake:1): no open")));
  EXPECT_EQ(fake_.shard(0).Count("CloseCheckpoint"), 1u);
}

TEST_F(CheckpointsTest, NothingIsCommittedWhenAPartIsMissing) {
  fake_.shard(2).Script("CloseCheckpoint",
                        {Fate::Refused(absl::DataLossError("bad disk"))});
  EXPECT_THAT(Create("c"), StatusIs(absl::StatusCode::kDataLoss,
                                    HasSubstr("shard 2 (fake:2)")));
  EXPECT_EQ(fake_.shard(0).Count("CommitCheckpoint"), 0u);
  EXPECT_EQ(fake_.shard(0).Count("AbortCheckpoint"), 1u);
  EXPECT_THAT(*ListCheckpoints(*cluster_, time_.Deadline()), IsEmpty());
}

TEST_F(CheckpointsTest, ACommitWhoseAnswerIsLostIsFound) {
  fake_.shard(0).Script("CommitCheckpoint", {Fate::ReplyLost()});
  fake_.shard(0).Script("AbortCheckpoint",
                        {Fate::Refused(absl::AlreadyExistsError("made"))});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointSummary made, Create("c"));
  EXPECT_EQ(made.name, "c");
  EXPECT_EQ(made.shards, 3u);
}

// Checkpoints outlive data directories, whose epochs begin anew.
TEST_F(CheckpointsTest, OneOfAnEarlierLifeIsNotTakenForTheNewOne) {
  ROWHOUSE_ASSERT_OK(cluster_->stub(ShardIndex(0))
                         .CommitCheckpoint("c", 0, {}, time_.Deadline()));
  const auto exists = Fate::Refused(absl::AlreadyExistsError("'c' exists"));
  fake_.shard(0).Script("OpenCheckpoint", {exists});
  fake_.shard(0).Script("AbortCheckpoint", {exists});
  EXPECT_THAT(Create("c"), StatusIs(absl::StatusCode::kAlreadyExists,
                                    HasSubstr("'c' exists")));
  EXPECT_EQ(fake_.shard(0).Count("CommitCheckpoint"), 1u) << "the earlier one";
}

TEST_F(CheckpointsTest, ACommitThatIsLostIsNotFoundInAnotherOfThatName) {
  ROWHOUSE_ASSERT_OK(cluster_->stub(ShardIndex(0))
                         .CommitCheckpoint("c", 0,
                                           {{ShardIndex(0), 10, 20, "other"}},
                                           time_.Deadline()));
  fake_.shard(0).Script("CommitCheckpoint", {Fate::Lost()});
  fake_.shard(0).Script("AbortCheckpoint",
                        {Fate::Refused(absl::AlreadyExistsError("made"))});
  EXPECT_THAT(Create("c"),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("'c' is taken by another checkpoint")));
}

TEST_F(CheckpointsTest, TheEpochIsOneThatNoShardHasGoneBeyond) {
  ROWHOUSE_ASSERT_OK(cluster_->stub(ShardIndex(1))
                         .CloseCheckpoint("other", 6, time_.Deadline()));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointSummary made, Create("c"));
  EXPECT_EQ(made.snapshot_epoch, 7u);
}

TEST_F(CheckpointsTest, ADeletedOneIsGone) {
  ROWHOUSE_ASSERT_OK(Create("c"));
  ROWHOUSE_EXPECT_OK(DeleteCheckpoint(*cluster_, "c", time_.Deadline()));
  EXPECT_THAT(DeleteCheckpoint(*cluster_, "c", time_.Deadline()),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(CheckpointsTest, ADeletionIsTriedAgain) {
  ROWHOUSE_ASSERT_OK(Create("c"));
  fake_.shard(0).Script(
      "DeleteCheckpoint",
      {Fate::Refused(absl::UnavailableError("busy: ask again")),
       Fate::ReplyLost()});
  ROWHOUSE_EXPECT_OK(DeleteCheckpoint(*cluster_, "c", time_.Deadline()));
  EXPECT_EQ(fake_.shard(0).Count("DeleteCheckpoint"), 3u);
}

TEST_F(CheckpointsTest, OneThatNobodyCanTellOfIsToBeLookedFor) {
  fake_.shard(0).Script("CommitCheckpoint", {Fate::ReplyLost()});
  fake_.shard(0).Script(
      "AbortCheckpoint",
      std::vector<Fate>(kForever,
                        Fate::Refused(absl::UnavailableError("gone"))));
  EXPECT_THAT(Create("c"),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("outcome of checkpoint 'c' is unknown"),
                             HasSubstr("nor could it be taken back (gone"),
                             HasSubstr("the list of checkpoints"))));
}

TEST_F(CheckpointsTest, OneThatCannotBeListedIsToBeLookedFor) {
  fake_.shard(0).Script("CommitCheckpoint", {Fate::ReplyLost()});
  fake_.shard(0).Script("AbortCheckpoint",
                        {Fate::Refused(absl::AlreadyExistsError("made"))});
  fake_.shard(0).Script(
      "ListCheckpoints",
      std::vector<Fate>(
          kForever, Fate::Refused(absl::DeadlineExceededError("too late"))));
  EXPECT_THAT(Create("c"),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("outcome of checkpoint 'c' is unknown"),
                             HasSubstr("nor could it be looked for (too late"),
                             HasSubstr("the list of checkpoints"))));
}

TEST_F(CheckpointsTest, RestoreOpensShardsOnlyWhenAllHaveBegun) {
  Share("c");
  // A shard refuses a restore that was not asked for in the life it has.
  for (int s = 0; s < 3; ++s) fake_.shard(s).info.incarnation = 100 + s;
  ROWHOUSE_ASSERT_OK(Restore("c", false));
  for (int s = 0; s < 3; ++s) EXPECT_EQ(fake_.shard(s).info.restore_id, 55u);

  fake_.shard(1).Script("BeginRestore",
                        {Fate::Refused(absl::DataLossError("bad rows"))});
  EXPECT_THAT(Restore("c", true),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("began it (0, 2) refuse requests until")));
  for (int s = 0; s < 3; ++s) {
    EXPECT_EQ(fake_.shard(s).Count("FinishRestore"), 1u);
  }
}

TEST_F(CheckpointsTest, ARestoreThatNoShardBeganSaysThatNothingChanged) {
  Share("c");
  for (int s = 0; s < 3; ++s) {
    fake_.shard(s).Script("BeginRestore",
                          {Fate::Refused(absl::DataLossError("bad part"))});
  }
  EXPECT_THAT(Restore("c", false),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("failed and changed nothing: shard 0")));
}

TEST_F(CheckpointsTest, ARestoreWhoseShardsAreSilentPromisesNothing) {
  Share("c");
  fake_.shard(1).Script("BeginRestore",
                        std::vector<Fate>(kForever, Fate::Lost()));
  for (const int s : {0, 2}) {
    fake_.shard(s).Script("BeginRestore",
                          {Fate::Refused(absl::DataLossError("bad part"))});
  }
  std::vector<Fate> asked_twice(kForever, Fate::Lost());
  asked_twice.front() = Fate::Answered();
  fake_.shard(1).Script("GetShardInfo", asked_twice);
  EXPECT_THAT(Restore("c", true),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("shards that began it, if any, refuse")));
}

TEST_F(CheckpointsTest, ARestoreWhoseAnswerIsLostIsBegunAgainAndFinished) {
  Share("c");
  fake_.shard(1).Script("BeginRestore", {Fate::ReplyLost(), Fate::Lost()});
  fake_.shard(2).Script("BeginRestore", {Fate::Lost()});
  ROWHOUSE_ASSERT_OK(Restore("c", false));
  EXPECT_EQ(fake_.shard(0).Count("BeginRestore"), 1u);
  EXPECT_EQ(fake_.shard(1).Count("BeginRestore"), 3u);
  EXPECT_EQ(fake_.shard(2).Count("BeginRestore"), 2u);
  for (int s = 0; s < 3; ++s) EXPECT_EQ(fake_.shard(s).info.restore_id, 55u);
}

TEST_F(CheckpointsTest, RestoreOfWhatSomeShardCannotSeeChangesNothing) {
  ROWHOUSE_ASSERT_OK(Create("c"));  // only shard 0 of the fakes sees it
  EXPECT_THAT(Restore("c", true),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("shard 1 (fake:1): no complete checkpoint")));
  EXPECT_EQ(fake_.shard(0).Count("BeginRestore"), 0u);
}

TEST_F(CheckpointsTest, WhatCannotBeReadIsSaidAndHidesNoOther) {
  Share("c");
  const absl::Status damage = absl::DataLossError("bad/MANIFEST: junk");
  for (int s = 0; s < 3; ++s) fake_.shard(s).unreadable = {{"bad", damage}};
  std::vector<UnreadableCheckpoint> unreadable;
  EXPECT_THAT(*ListCheckpoints(*cluster_, time_.Deadline(), &unreadable),
              SizeIs(1));
  ASSERT_THAT(unreadable, SizeIs(1));
  EXPECT_EQ(unreadable[0].name, "bad");
  EXPECT_EQ(unreadable[0].why, damage);
  EXPECT_THAT(Restore("bad", false),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("junk")));
  EXPECT_EQ(fake_.shard(0).Count("BeginRestore"), 0u);
  ROWHOUSE_EXPECT_OK(Restore("c", false));
}

TEST_F(CheckpointsTest, RestoreOverTablesNeedsTheWord) {
  Share("c");
  fake_.shard(2).AddTable(SpecOf("t"), 4);
  EXPECT_THAT(Restore("c", false),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 2 (fake:2): it has 1 tables")));
  EXPECT_EQ(fake_.shard(0).Count("BeginRestore"), 0u);
  ROWHOUSE_EXPECT_OK(Restore("c", true));
}

}  // namespace
}  // namespace rowhouse::internal
