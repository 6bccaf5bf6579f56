#include "client/internal/heartbeats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

class HeartbeatsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fake_.AddTable(SpecOf("a"), 6);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
    tables_ = std::make_unique<TableDirectory>(*cluster_, [] { return 1; });
    sender_ = std::make_unique<PushSender>(*cluster_, *tables_);
    pipeline_ = std::make_unique<PushPipeline>(*sender_, time_.clock,
                                               absl::Seconds(10));
    heartbeats_ = std::make_unique<Heartbeats>(*cluster_, *sender_, *pipeline_,
                                               absl::ZeroDuration());
  }

  absl::Status Push() {
    auto push = OutgoingPush::MakeWrite(
        std::make_shared<KnownTable>(SpecOf("a"), TableIncarnation(6)), {0},
        {1.0f}, {}, cluster_->map());
    return pipeline_->Push(*std::move(push), {}, time_.Deadline()).status();
  }
  // A cut of `epoch` that waits for the client.
  bool Closes(std::uint64_t epoch) {
    bool all = true;
    for (const auto& stub : fake_.Stubs()) {
      all &= stub->CloseCheckpoint("c", epoch, time_.Deadline()).ok();
    }
    return all;
  }
  void Beat() { heartbeats_->Beat(time_.Deadline()); }
  std::uint64_t Epoch() { return sender_->signs().snapshot_epoch; }

  FakeCluster fake_{2};
  FakeTime time_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<TableDirectory> tables_;
  std::unique_ptr<PushSender> sender_;
  std::unique_ptr<PushPipeline> pipeline_;
  std::unique_ptr<Heartbeats> heartbeats_;
};

TEST_F(HeartbeatsTest, NobodyIsToldOfAClientWithoutSessions) {
  Beat();
  EXPECT_EQ(fake_.shard(0).Count("Heartbeat"), 0u);
}

TEST_F(HeartbeatsTest, AnIdleClientMovesAndTellsEveryShard) {
  ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
  EXPECT_FALSE(Closes(0));
  Beat();
  EXPECT_EQ(Epoch(), 1u);
  for (int s = 0; s < 2; ++s) {
    EXPECT_EQ(fake_.shard(s).Count("Heartbeat"), 2u);
  }
  EXPECT_TRUE(Closes(0));
  Beat();
  EXPECT_EQ(fake_.shard(0).Count("Heartbeat"), 3u) << "nothing more to tell";
}

TEST_F(HeartbeatsTest, AShardThatDoesNotAnswerHoldsUpNoOther) {
  ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
  EXPECT_FALSE(Closes(0));
  fake_.shard(0).Script("Heartbeat",
                        {Fate::Lost(), Fate::Refused(absl::DataLossError(""))});
  Beat();
  EXPECT_EQ(fake_.shard(1).Count("Heartbeat"), 2u);
  EXPECT_FALSE(Closes(0)) << "shard 0 does not know yet";
  Beat();
  EXPECT_TRUE(Closes(0));
}

// What model bug `moves_before_acks` breaks.
TEST_F(HeartbeatsTest, AClientWhosePushHasNoAnswerStaysUntilItHas) {
  ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
  fake_.shard(0).Script("WriteRows", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Push(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(Closes(0));
  Beat();
  EXPECT_EQ(Epoch(), 0u);
  // The next rounds complete it, in its epoch, and move then.
  while (Epoch() == 0) Beat();
  ASSERT_EQ(fake_.shard(0).applied().size(), 1u);
  EXPECT_EQ(fake_.shard(0).applied()[0].header.snapshot_epoch, 0u);
  EXPECT_TRUE(Closes(0));
}

TEST_F(HeartbeatsTest, AClientThatEndsStepsMovesBetweenThemOnly) {
  ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
  pipeline_->EndStep();
  ROWHOUSE_ASSERT_OK(Push());
  EXPECT_FALSE(Closes(0));
  Beat();
  ROWHOUSE_ASSERT_OK(Push());
  EXPECT_EQ(Epoch(), 0u) << "in the middle of a step";
  pipeline_->EndStep();
  Beat();
  EXPECT_EQ(Epoch(), 1u);
  EXPECT_FALSE(Closes(1));
  // The next step may begin before a round comes.
  pipeline_->EndStep();
  Beat();
  ROWHOUSE_ASSERT_OK(Push());
  EXPECT_EQ(Epoch(), 2u);
}

TEST_F(HeartbeatsTest, TheFirstPushOfAStepMovesByItself) {
  ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
  pipeline_->EndStep();
  ROWHOUSE_ASSERT_OK(Push());
  EXPECT_FALSE(Closes(0));
  ROWHOUSE_ASSERT_OK(Push());  // its answer wants the next epoch
  ROWHOUSE_ASSERT_OK(Push());
  pipeline_->EndStep();
  ROWHOUSE_ASSERT_OK(Push());
  std::vector<std::uint64_t> epochs;
  for (const FakeShard::Push& push : fake_.shard(0).applied()) {
    epochs.push_back(push.header.snapshot_epoch);
  }
  EXPECT_THAT(epochs, testing::ElementsAre(0, 0, 0, 1));
}

TEST_F(HeartbeatsTest, AThreadOfItsOwnBeatsAndIsHurried) {
  ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
  Heartbeats beating(*cluster_, *sender_, *pipeline_, absl::Hours(1));
  EXPECT_FALSE(Closes(0));
  beating.Hurry();  // nobody has told it of the epoch yet
  sender_->Want(1);
  beating.Hurry();
  while (!Closes(0)) {
  }
  EXPECT_EQ(Epoch(), 1u);
}

}  // namespace
}  // namespace rowhouse::internal
