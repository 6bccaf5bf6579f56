#include "client/internal/table_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/internal/push_sender.h"
#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TableSpec AdamTable() {
  TableSpec spec = SpecOf("m");
  spec.optimizer = AdamSpec{};
  return spec;
}

// Table `m`, all of whose rows move, on two shards. Both ids are on shard 0, so
// shard 1 hears of a push for the step alone.
class TableStepsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fake_.AddTable(AdamTable(), 6);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
    tables_ = std::make_unique<TableDirectory>(*cluster_, [] { return 1; });
    sender_ = std::make_unique<PushSender>(*cluster_, *tables_);
    ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
    const BucketFunction buckets("m", Placement::kHashed);
    while (cluster_->map().ShardOf(buckets(id_)) != ShardIndex(0)) ++id_;
  }

  absl::Status Send(std::uint64_t restore_id = 0) {
    auto table = std::make_shared<KnownTable>(AdamTable(), TableIncarnation(6));
    const std::vector<float> gradient = {1.0f};
    std::vector<FeatureIds> features;
    features.push_back({"m", 1, Combiner::kSum, {{id_}, {}, {}}});
    TicketData ticket{
        Partition(std::move(features), {table->buckets}, cluster_->map()),
        {table},
        {{}}};
    ROWHOUSE_ASSIGN_OR_RETURN(
        OutgoingPush push,
        OutgoingPush::Make(std::move(ticket), {absl::MakeSpan(gradient)},
                           false));
    return sender_->Send(std::move(push), {restore_id, 3}, time_.Deadline())
        .status();
  }

  // The steps that shard `s` applied, in order.
  std::vector<std::uint64_t> Steps(std::size_t s) {
    std::vector<std::uint64_t> steps;
    for (const FakeShard::Push& push : fake_.shard(s).applied()) {
      steps.push_back(push.inputs[0].table_step.value_or(999));
    }
    return steps;
  }
  void SetSteps(std::uint64_t steps) {
    for (const auto& shard : fake_.shards) shard->SetSteps("m", steps);
  }

  FakeCluster fake_{2};
  FakeTime time_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<TableDirectory> tables_;
  std::unique_ptr<PushSender> sender_;
  Id id_ = 0;
};

TEST_F(TableStepsTest, EveryPushIsTheNextStepOnEveryShard) {
  SetSteps(7);
  for (int i = 0; i < 3; ++i) ROWHOUSE_ASSERT_OK(Send());
  EXPECT_THAT(Steps(0), ElementsAre(7, 8, 9));
  EXPECT_THAT(Steps(1), ElementsAre(7, 8, 9));
  EXPECT_THAT(fake_.shard(1).applied()[0].inputs[0].ids, IsEmpty());
  EXPECT_EQ(fake_.shard(1).Count("DescribeTable"), 1u);
}

TEST_F(TableStepsTest, ShardsThatAreMoreThanAStepApartAreNamed) {
  fake_.shard(0).SetSteps("m", 7, TableStep{0.5f, 6});
  fake_.shard(1).SetSteps("m", 5, TableStep{0.5f, 4});
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               AllOf(HasSubstr("not sent"),
                                     HasSubstr("7 steps on shard 0"),
                                     HasSubstr("5 on shard 1"))));
  EXPECT_THAT(Steps(0), IsEmpty());
}

// A trainer that is killed between two shards, or that one of them refuses,
// leaves the table so; the next one must be able to go on.
TEST_F(TableStepsTest, AStepThatOneShardLacksIsDoneThereFirst) {
  fake_.shard(0).SetSteps("m", 7, TableStep{0.25f, 2});
  fake_.shard(1).SetSteps("m", 6, TableStep{0.5f, 1});
  ROWHOUSE_ASSERT_OK(Send());
  EXPECT_THAT(Steps(0), ElementsAre(7));
  EXPECT_THAT(Steps(1), ElementsAre(6, 7));
  const FakeShard::Push completed = fake_.shard(1).applied()[0];
  EXPECT_THAT(completed.inputs[0].ids, IsEmpty());
  EXPECT_EQ(completed.inputs[0].learning_rate, 0.25f);
  EXPECT_EQ(completed.header.step, 2u);
}

TEST_F(TableStepsTest, AStepThatIsCompletedWithoutAnswerIsKept) {
  fake_.shard(0).SetSteps("m", 7, TableStep{0.25f, 2});
  fake_.shard(1).SetSteps("m", 6, TableStep{0.5f, 1});
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, Fate::ReplyLost()));
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kAborted,
                               HasSubstr("step 6 of table 'm'")));
  fake_.shard(1).SetSteps("m", 7, TableStep{0.25f, 2});
  while (!Send().ok()) {
  }
  EXPECT_THAT(Steps(0), ElementsAre(7));
  EXPECT_THAT(Steps(1), ElementsAre(6, 7));
}

// Nothing of the caller's is lost with it: the next push looks again.
TEST_F(TableStepsTest, ACompletionThatIsKeptAndThenRefusedIsNoPushThatFailed) {
  fake_.shard(0).SetSteps("m", 7, TableStep{0.25f, 2});
  fake_.shard(1).SetSteps("m", 6, TableStep{0.5f, 1});
  std::vector<Fate> fates(kForever, Fate::Lost());
  fates.push_back(Fate::Refused(
      absl::FailedPreconditionError("step 6, but the next one is 7")));
  fake_.shard(1).Script("Push", fates);
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kAborted,
                               HasSubstr("step 6 of table 'm'")));
  fake_.shard(1).SetSteps("m", 7, TableStep{0.25f, 2});
  while (!sender_->Settle(time_.Deadline()).ok()) {
  }
  ROWHOUSE_EXPECT_OK(sender_->TakeLateRefusal());
  ROWHOUSE_ASSERT_OK(Send());
  EXPECT_THAT(Steps(0), ElementsAre(7));
  EXPECT_THAT(Steps(1), ElementsAre(7));
}

// The step may be on its way while it is looked for, and come first.
TEST_F(TableStepsTest, AStepThatIsRefusedWhereItWasMissingIsLookedForAgain) {
  fake_.shard(0).SetSteps("m", 7, TableStep{0.25f, 2});
  fake_.shard(1).SetSteps("m", 6, TableStep{0.5f, 1});
  const auto refused = Fate::Refused(
      absl::FailedPreconditionError("step 6, but the next one is 7"));
  fake_.shard(1).Script("Push", {refused});
  ROWHOUSE_EXPECT_OK(Send());
  EXPECT_EQ(fake_.shard(1).Count("DescribeTable"), 2u);
  EXPECT_THAT(Steps(0), ElementsAre(7));
}

TEST_F(TableStepsTest, ACompletionThatIsAlwaysRefusedEndsThePush) {
  fake_.shard(0).SetSteps("m", 7, TableStep{0.25f, 2});
  fake_.shard(1).SetSteps("m", 6, TableStep{0.5f, 1});
  const auto refused = Fate::Refused(absl::FailedPreconditionError("no"));
  fake_.shard(1).Script("Push", {refused, refused});
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               AllOf(HasSubstr("not sent"),
                                     HasSubstr("step 6 of table 'm'"))));
  EXPECT_THAT(Steps(0), IsEmpty());
}

TEST_F(TableStepsTest, TwoTrainersAtOnceAreNoticed) {
  fake_.shard(0).SetSteps("m", 7, TableStep{0.5f, 6});
  fake_.shard(1).SetSteps("m", 7, TableStep{0.25f, 6});
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("two trainers")));
  EXPECT_THAT(Steps(0), IsEmpty());
}

TEST_F(TableStepsTest, ATrainerThatWasReplacedStaysSo) {
  fake_.shard(0).Script(
      "Push", std::vector<Fate>(3, Fate::Refused(absl::FailedPreconditionError(
                                       "session 2 does the steps"))));
  const std::size_t opened = fake_.shard(0).Count("OpenSession");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_EQ(fake_.shard(0).Count("OpenSession"), opened);
}

TEST_F(TableStepsTest, AStepWithoutAnswerIsCountedWhenItIsCompleted) {
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kUnavailable));
  while (!Send().ok()) {
  }
  EXPECT_THAT(Steps(0), ElementsAre(0, 1));
  EXPECT_THAT(Steps(1), ElementsAre(0, 1));
}

// Else the shard that was full would lack the step for ever.
TEST_F(TableStepsTest, AFullShardGetsTheStepWhenItHasRoom) {
  const Fate full = Fate::Refused(absl::ResourceExhaustedError("full"));
  fake_.shard(1).Script("Push", {full, full});
  ROWHOUSE_ASSERT_OK(Send());
  fake_.shard(1).Script("Push", std::vector<Fate>(kForever, full));
  EXPECT_THAT(Send(),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("no room at shard 1 (fake:1): full"),
                             HasSubstr("is kept"))));
  while (!Send().ok()) {
  }
  EXPECT_THAT(Steps(0), ElementsAre(0, 1, 2));
  EXPECT_THAT(Steps(1), ElementsAre(0, 1, 2));
}

TEST_F(TableStepsTest, ARefusedStepIsNotCounted) {
  for (int s = 0; s < 2; ++s) {
    fake_.shard(s).Script(
        "Push", {Fate::Refused(absl::ResourceExhaustedError("full"))});
  }
  EXPECT_THAT(Send(), StatusIs(absl::StatusCode::kResourceExhausted));
  ROWHOUSE_ASSERT_OK(Send());
  EXPECT_THAT(Steps(0), ElementsAre(0));
  EXPECT_EQ(fake_.shard(0).Count("DescribeTable"), 2u) << "it asks anew";
}

}  // namespace
}  // namespace rowhouse::internal
