#include "client/internal/push_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Fate Full() { return Fate::Refused(absl::ResourceExhaustedError("full")); }

// Table `a` on two shards: id 0 is on shard 0, id 1 on shard 1.
class PushSenderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fake_.AddTable(SpecOf("a"), 6);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
    tables_ = std::make_unique<TableDirectory>(*cluster_, [] { return 1; });
    sender_ = std::make_unique<PushSender>(*cluster_, *tables_);
    ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
  }

  // One row per id, each with gradient `value`.
  absl::StatusOr<PushOutcome> Send(std::vector<Id> ids, float value,
                                   std::uint64_t restore_id = 0) {
    auto table = std::make_shared<KnownTable>(SpecOf("a"), TableIncarnation(6));
    std::vector<float> gradient(ids.size(), value);
    std::vector<FeatureIds> features;
    features.push_back({"a", 1, Combiner::kSum, {std::move(ids), {}, {}}});
    TicketData ticket{
        Partition(std::move(features), {table->buckets}, cluster_->map()),
        {table},
        {{}}};
    ROWHOUSE_ASSIGN_OR_RETURN(
        OutgoingPush push,
        OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)},
                           false));
    return sender_->Send(std::move(push), {restore_id, 3}, time_.Deadline());
  }

  // The first gradient of every push that shard `s` applied, in order.
  std::vector<float> Applied(std::size_t s) {
    std::vector<float> values;
    for (const FakeShard::Push& push : fake_.shard(s).applied()) {
      values.push_back(push.inputs[0].gradients[0]);
    }
    return values;
  }

  FakeCluster fake_{2};
  FakeTime time_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<TableDirectory> tables_;
  std::unique_ptr<PushSender> sender_;
};

TEST_F(PushSenderTest, EveryShardGetsItsSessionAndTheSequenceOfThePush) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushOutcome both, Send({0, 1}, 1));
  EXPECT_EQ(both.shards, 2u);
  EXPECT_EQ(both.durability, Durability::kProcess);
  ROWHOUSE_ASSERT_OK(Send({1}, 2));
  ROWHOUSE_ASSERT_OK(Send({0}, 3));
  const auto zero = fake_.shard(0).applied();
  ASSERT_THAT(zero, SizeIs(2));
  EXPECT_EQ(zero[0].header.session, (SessionName{1000, 1}));
  EXPECT_EQ(zero[0].header.sequence, 0u);
  EXPECT_EQ(zero[0].header.map_version, 1u);
  EXPECT_EQ(zero[0].header.step, 3u);
  EXPECT_EQ(zero[1].header.sequence, 2u);
  EXPECT_EQ(zero[1].header.lowest_unacknowledged, 2u);
  const auto one = fake_.shard(1).applied();
  EXPECT_EQ(one[1].header.session, (SessionName{1001, 1}));
  EXPECT_EQ(one[1].header.sequence, 1u);
}

TEST_F(PushSenderTest, ARetryCarriesTheSameSequenceAndTheSameBytes) {
  fake_.shard(0).Script("Push", {Fate::ReplyLost(), Fate::Lost()});
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 5));
  const auto arrived = fake_.shard(0).arrived();
  ASSERT_THAT(arrived, SizeIs(2));
  EXPECT_EQ(arrived[0].header.sequence, arrived[1].header.sequence);
  EXPECT_EQ(arrived[0].header.session, arrived[1].header.session);
  EXPECT_EQ(arrived[0].header.lowest_unacknowledged,
            arrived[1].header.lowest_unacknowledged);
  EXPECT_EQ(arrived[0].inputs, arrived[1].inputs);
  EXPECT_THAT(Applied(0), ElementsAre(5));
  EXPECT_EQ(fake_.shard(1).Count("Push"), 1u) << "it had answered";
}

TEST_F(PushSenderTest, APushWithoutAnswerIsCompletedBeforeTheNext) {
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Send({0, 1}, 1),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("outcome of push 0 is unknown"),
                             HasSubstr("applied by shard 0 (fake:0)"),
                             HasSubstr("no answer from shard 1 (fake:1)"))));
  EXPECT_THAT(Applied(1), IsEmpty());
  // The next gives up too: it must not overtake.
  EXPECT_FALSE(Send({0, 1}, 2).ok());
  EXPECT_THAT(Applied(0), ElementsAre(1));
  while (!Send({0, 1}, 3).ok()) {
  }
  EXPECT_THAT(Applied(0), ElementsAre(1, 3));
  EXPECT_THAT(Applied(1), ElementsAre(1, 3));
  EXPECT_EQ(fake_.shard(1).applied()[0].header.sequence, 0u);
  EXPECT_EQ(fake_.shard(1).applied()[1].header.sequence, 1u);
}

// The code of an unknown outcome would say that it is kept.
TEST_F(PushSenderTest, APushBehindOneWithoutAnswerSaysThatItWasNotSent) {
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Send({0, 1}, 1), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(
      Send({0, 1}, 2),
      StatusIs(
          absl::StatusCode::kAborted,
          AllOf(HasSubstr("this push was not sent and may be pushed again: "
                          "an earlier push comes first: the outcome of "
                          "push 0 is unknown"),
                HasSubstr("push 0 is kept"))));
  while (!sender_->Settle(time_.Deadline()).ok()) {
  }
  EXPECT_THAT(Applied(0), ElementsAre(1));
  EXPECT_THAT(Applied(1), ElementsAre(1)) << "the earlier one is kept";
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 2));
  EXPECT_THAT(Applied(1), ElementsAre(1, 2));
}

TEST_F(PushSenderTest, APushWithoutSessionsSaysThatItWasNotSent) {
  fake_.shard(1).Restore(0);  // ends its sessions
  fake_.shard(1).Script("OpenSession",
                        std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Send({1}, 1), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Send({1}, 2),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("this push was not sent"),
                             HasSubstr("shard 1 (fake:1): lost"))));
  while (!sender_->OpenSessions(time_.Deadline()).ok()) {
  }
  ROWHOUSE_EXPECT_OK(sender_->Settle(time_.Deadline())) << "nothing is kept";
  EXPECT_THAT(Applied(1), IsEmpty());
  ROWHOUSE_ASSERT_OK(Send({1}, 2));
  EXPECT_THAT(Applied(1), ElementsAre(2));
}

TEST_F(PushSenderTest, SessionsThatAreRefusedKeepTheirCode) {
  fake_.shard(1).Restore(0);
  EXPECT_THAT(Send({1}, 1), StatusIs(absl::StatusCode::kFailedPrecondition));
  sender_->Abandon();
  fake_.shard(1).Script("OpenSession",
                        {Fate::Refused(absl::ResourceExhaustedError("full"))});
  EXPECT_THAT(Send({1}, 2), StatusIs(absl::StatusCode::kResourceExhausted,
                                     "this push was not sent: shard 1 "
                                     "(fake:1): full"));
}

TEST_F(PushSenderTest, AnAbortedOfAShardIsNotTakenForAPushThatWasNotSent) {
  fake_.shard(1).Script("Push", {Fate::Refused(absl::AbortedError("odd"))});
  EXPECT_THAT(Send({0, 1}, 1),
              StatusIs(absl::StatusCode::kInternal,
                       "push 0: applied by shard 0 (fake:0); refused by shard "
                       "1 (fake:1): odd"));
}

TEST_F(PushSenderTest, SettleCompletesIt) {
  ROWHOUSE_EXPECT_OK(sender_->Settle(time_.Deadline()));
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, Fate::ReplyLost()));
  EXPECT_THAT(Send({0, 1}, 1), StatusIs(absl::StatusCode::kUnavailable));
  while (!sender_->Settle(time_.Deadline()).ok()) {
  }
  EXPECT_THAT(Applied(0), ElementsAre(1));
  EXPECT_THAT(Applied(1), ElementsAre(1));
}

// The caller's gradients are the caller's again when the call has returned.
TEST(PushSender, AnUnansweredPushKeepsItsBytes) {
  FakeCluster fake(1);
  fake.AddTable(SpecOf("a"), 6);
  FakeTime time;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto cluster,
                                Cluster::Join(fake.Stubs(), time.options()));
  TableDirectory tables(*cluster, [] { return 1; });
  PushSender sender(*cluster, tables);
  ROWHOUSE_ASSERT_OK(sender.OpenSessions(time.Deadline()));
  auto table = std::make_shared<KnownTable>(SpecOf("a"), TableIncarnation(6));
  std::vector<FeatureIds> features;
  features.push_back({"a", 1, Combiner::kSum, {{7, 8}, {}, {}}});
  std::vector<float> gradient = {1, 2};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      OutgoingPush push,
      OutgoingPush::Make(
          {Partition(std::move(features), {table->buckets}, cluster->map()),
           {table},
           {{}}},
          {absl::MakeSpan(gradient)}, false));
  fake.shard(0).Script("Push", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(sender.Send(std::move(push), {}, time.Deadline()),
              StatusIs(absl::StatusCode::kUnavailable));
  gradient = {100, 200};
  while (!sender.Settle(time.Deadline()).ok()) {
  }
  const auto applied = fake.shard(0).applied();
  ASSERT_THAT(applied, SizeIs(1));
  EXPECT_THAT(applied[0].inputs[0].gradients, ElementsAre(1, 2));
}

TEST_F(PushSenderTest, ALateRefusalStopsNoOtherPushAndIsToldOnce) {
  std::vector<Fate> fates(kForever, Fate::Lost());
  fates.push_back(Fate::Refused(absl::NotFoundError("gone")));
  fake_.shard(1).Script("Push", fates);
  EXPECT_THAT(Send({0, 1}, 1), StatusIs(absl::StatusCode::kUnavailable));
  ROWHOUSE_EXPECT_OK(sender_->TakeLateRefusal()) << "nobody knows yet";
  while (!Send({0, 1}, 2).ok()) {
  }
  EXPECT_THAT(Applied(0), ElementsAre(1, 2));
  EXPECT_THAT(Applied(1), ElementsAre(2));
  EXPECT_THAT(sender_->TakeLateRefusal(),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("push 0: applied by shard 0 (fake:0)"),
                             HasSubstr("may have been applied there: gone"))));
  ROWHOUSE_EXPECT_OK(sender_->TakeLateRefusal());
}

TEST_F(PushSenderTest, ARefusalNamesTheShardsThatApplied) {
  fake_.shard(1).Script("Push", {Fate::Refused(absl::NotFoundError("gone"))});
  EXPECT_THAT(Send({0, 1}, 1),
              StatusIs(absl::StatusCode::kNotFound,
                       "push 0: applied by shard 0 (fake:0); refused by shard "
                       "1 (fake:1): gone"));
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 2));
  EXPECT_THAT(Applied(0), ElementsAre(1, 2));
  EXPECT_THAT(Applied(1), ElementsAre(2));
  // What was refused will not be sent again, and the shard may know.
  EXPECT_EQ(fake_.shard(1).applied()[0].header.lowest_unacknowledged, 1u);
}

// It was over, and who pushed it again, as its code says one may, pushed the
// other shard's part twice.
TEST_F(PushSenderTest, APushThatAnotherShardAppliedWaitsForRoom) {
  fake_.shard(1).Script("Push", std::vector<Fate>(3, Full()));
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 1));
  EXPECT_EQ(fake_.shard(0).Count("Push"), 1u);
  EXPECT_EQ(fake_.shard(1).Count("Push"), 4u);
  EXPECT_THAT(time_.sleeper.waits, SizeIs(3));
  EXPECT_THAT(Applied(0), ElementsAre(1));
  EXPECT_THAT(Applied(1), ElementsAre(1));
}

TEST_F(PushSenderTest, AFullShardIsAskedAsLongAsACallLastsThenThePushIsKept) {
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, Full()));
  const auto says_so =
      AllOf(HasSubstr("applied by shard 0 (fake:0)"),
            HasSubstr("no room at shard 1 (fake:1): full"),
            HasSubstr("push 0 is kept"), HasSubstr("do not push it again"));
  absl::Time begin = time_.clock.Now();
  EXPECT_THAT(Send({0, 1}, 1),
              StatusIs(absl::StatusCode::kUnavailable, says_so));
  EXPECT_GT(time_.clock.Now(), begin + absl::Seconds(8));
  begin = time_.clock.Now();
  const std::size_t tries = fake_.shard(1).Count("Push");
  EXPECT_THAT(sender_->Settle(time_.Deadline()),
              StatusIs(absl::StatusCode::kUnavailable, says_so));
  EXPECT_GT(time_.clock.Now(), begin + absl::Seconds(8));
  EXPECT_GT(fake_.shard(1).Count("Push"), tries + 5);
  while (!sender_->Settle(time_.Deadline()).ok()) {
  }
  ROWHOUSE_EXPECT_OK(sender_->TakeLateRefusal());
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 2));
  EXPECT_THAT(Applied(0), ElementsAre(1, 2));
  EXPECT_THAT(Applied(1), ElementsAre(1, 2));
  EXPECT_EQ(fake_.shard(0).Count("Push"), 2u);
  EXPECT_EQ(fake_.shard(1).applied()[0].header.sequence, 0u);
}

TEST_F(PushSenderTest, AFullShardIsNoRefusalWhileAnotherMayHaveApplied) {
  fake_.shard(0).Script("Push", {Full(), Full()});
  fake_.shard(1).Script("Push", {Fate::ReplyLost()});
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 1));
  EXPECT_THAT(Applied(0), ElementsAre(1));
  EXPECT_THAT(Applied(1), ElementsAre(1));
}

TEST_F(PushSenderTest, APushThatNoShardHasRoomForHasChangedNothing) {
  for (int s = 0; s < 2; ++s) fake_.shard(s).Script("Push", {Full()});
  EXPECT_THAT(Send({0, 1}, 1),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "push 0: applied by no shard; refused by shard 0 "
                       "(fake:0): full; refused by shard 1 (fake:1): full"));
  EXPECT_THAT(time_.sleeper.waits, IsEmpty());
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 1));
  EXPECT_THAT(Applied(0), ElementsAre(1));
  EXPECT_THAT(Applied(1), ElementsAre(1));
}

TEST_F(PushSenderTest, AShardThatWasFullHasAnswered) {
  fake_.shard(1).Script("Push",
                        {Full(), Fate::Refused(absl::NotFoundError("gone"))});
  EXPECT_THAT(Send({0, 1}, 1),
              StatusIs(absl::StatusCode::kNotFound,
                       "push 0: applied by shard 0 (fake:0); refused by shard "
                       "1 (fake:1): gone"));
}

TEST_F(PushSenderTest, ARefusalAfterALostAnswerSaysThatItMayHaveBeenApplied) {
  fake_.shard(1).Script(
      "Push", {Fate::ReplyLost(), Fate::Refused(absl::NotFoundError("gone"))});
  EXPECT_THAT(Send({1}, 1),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("it may have been applied there: gone")));
}

// The try before may wait in the shard and be the one that finds room.
TEST_F(PushSenderTest, NoRoomAfterALostAnswerIsNoRefusal) {
  std::vector<Fate> fates(kForever, Full());
  fates.front() = Fate::ReplyLost();
  fake_.shard(1).Script("Push", fates);
  EXPECT_THAT(Send({1}, 1),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("no room at shard 1 (fake:1): full"),
                             HasSubstr("do not push it again"))));
  while (!Send({1}, 2).ok()) {
  }
  EXPECT_THAT(Applied(1), ElementsAre(1, 2));
}

TEST_F(PushSenderTest, AnEndedSessionEndsThePushAndTheNextGetsNewSessions) {
  ROWHOUSE_ASSERT_OK(Send({0}, 1));
  fake_.shard(0).Restore(0);
  EXPECT_THAT(Send({0, 1}, 2),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("applied by shard 1"),
                             HasSubstr("refused by shard 0"))));
  ROWHOUSE_ASSERT_OK(Send({0, 1}, 3));
  EXPECT_THAT(Applied(0), ElementsAre(1, 3)) << "2 was never sent again";
  EXPECT_THAT(Applied(1), ElementsAre(2, 3));
  EXPECT_EQ(fake_.shard(0).applied()[1].header.session, (SessionName{1000, 2}));
  EXPECT_EQ(fake_.shard(1).applied()[1].header.session, (SessionName{1001, 2}));
}

TEST_F(PushSenderTest, APushOfTheTimeBeforeARestoreIsRefused) {
  for (int s = 0; s < 2; ++s) fake_.shard(s).Restore(44);
  EXPECT_THAT(Send({0}, 1), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(sender_->restore_id(), 44u) << "the next lookup is of now";
  EXPECT_THAT(Send({0}, 2),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("of restore 0, but they are now those of "
                                 "restore 44")));
  EXPECT_EQ(sender_->restore_id(), 44u);
  ROWHOUSE_ASSERT_OK(Send({0}, 3, /*restore_id=*/44));
  EXPECT_THAT(Applied(0), ElementsAre(3));
}

TEST_F(PushSenderTest, NothingIsPushedWhileARestoreIsUnderWay) {
  fake_.shard(0).Restore(44);
  fake_.shard(1).Restore(0);
  EXPECT_THAT(Send({0}, 1), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Send({1}, 2),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 0 (fake:0) was last restored by 44, "
                                 "shard 1 (fake:1) by 0")));
  EXPECT_THAT(Applied(1), IsEmpty());
}

TEST_F(PushSenderTest, AnAbandonedPushIsGone) {
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Send({1}, 1), StatusIs(absl::StatusCode::kUnavailable));
  sender_->Abandon();
  ROWHOUSE_EXPECT_OK(sender_->Settle(time_.Deadline()));
  EXPECT_THAT(sender_->TakeLateRefusal(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("push 0 was given up, its outcome unknown")));
  while (!Send({1}, 2).ok()) sender_->Abandon();
  EXPECT_THAT(Applied(1), ElementsAre(2));
}

TEST_F(PushSenderTest, APushOfNothingTouchesNoShard) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushOutcome outcome, Send({}, 1));
  EXPECT_EQ(outcome.shards, 0u);
  EXPECT_EQ(fake_.shard(0).Count("Push"), 0u);
}

}  // namespace
}  // namespace rowhouse::internal
