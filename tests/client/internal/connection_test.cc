#include "client/internal/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Table `a` on two shards: ids 0 and 42 are on shard 0, id 1 on shard 1.
class ConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fake_.AddTable(SpecOf("a"), 6);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(connection_, Open(true));
  }
  absl::StatusOr<std::unique_ptr<Connection>> Open(bool sessions) {
    Connection::Options options;
    options.cluster = time_.options();
    options.open_sessions = sessions;
    options.number_seed = ++seed_;
    return Connection::Open(fake_.Stubs(), std::move(options));
  }
  TicketData LookUp(Connection& connection, std::vector<Id> ids) {
    std::vector<FeatureIds> features;
    features.push_back({"a", 1, Combiner::kSum, {std::move(ids), {}, {}}});
    return std::move(connection.Lookup(std::move(features))->second);
  }
  absl::Status Push(TicketData ticket, const std::vector<float>& gradient) {
    return connection_->Push(std::move(ticket), {absl::MakeSpan(gradient)}, {})
        .status();
  }

  FakeCluster fake_{2};
  FakeTime time_;
  std::uint64_t seed_ = 0;
  std::unique_ptr<Connection> connection_;
};

TEST_F(ConnectionTest, PushesTheGradientsOfItsLookup) {
  ROWHOUSE_ASSERT_OK(Push(LookUp(*connection_, {0, 1}), {2, 3}));
  EXPECT_THAT(fake_.shard(0).applied()[0].inputs[0].gradients, ElementsAre(2));
  EXPECT_THAT(fake_.shard(1).applied()[0].inputs[0].gradients, ElementsAre(3));
}

TEST_F(ConnectionTest, AShardThatIsDownHidesNoneThatAnswers) {
  fake_.shard(0).Script("GetShardInfo",
                        std::vector<Fate>(kForever, Fate::Lost()));
  const auto stubs = fake_.Stubs();
  const std::vector<ShardAnswer> answers = AskShards(stubs, time_.options());
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_EQ(answers[0].address, "fake:0");
  EXPECT_TRUE(IsTransient(answers[0].shard.status()));
  EXPECT_EQ(answers[1].address, "fake:1");
  ROWHOUSE_ASSERT_OK(answers[1].shard.status());
  EXPECT_EQ(answers[1].shard->index, 1u);
}

TEST_F(ConnectionTest, QueuedPushesAreSentInOrderAndCopied) {
  for (float i = 0; i < 50; ++i) {
    std::vector<float> gradient = {i};
    ROWHOUSE_ASSERT_OK(connection_->PushAsync(LookUp(*connection_, {0}),
                                              {absl::MakeSpan(gradient)}, {}));
    gradient[0] = -1;
  }
  ROWHOUSE_ASSERT_OK(connection_->Flush());
  const auto applied = fake_.shard(0).applied();
  ASSERT_THAT(applied, SizeIs(50));
  for (float i = 0; i < 50; ++i) {
    EXPECT_EQ(applied[static_cast<std::size_t>(i)].inputs[0].gradients[0], i);
  }
}

TEST_F(ConnectionTest, ATicketIsForTheClientThatMadeIt) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto other, Open(true));
  EXPECT_THAT(Push(LookUp(*other, {0}), {1}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("another client's")));
}

TEST_F(ConnectionTest, WithoutSessionsOneCanLookButNotPush) {
  const std::size_t opened = fake_.shard(0).Count("OpenSession");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto looking, Open(false));
  EXPECT_EQ(fake_.shard(0).Count("OpenSession"), opened);
  ROWHOUSE_EXPECT_OK(looking->ReadRows("a", {1}));
  const std::vector<float> gradient = {1};
  EXPECT_THAT(
      looking->Push(LookUp(*looking, {0}), {absl::MakeSpan(gradient)}, {}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("without sessions")));
  EXPECT_THAT(looking->WriteRows("a", {1}, {1.0f}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ConnectionTest, ReadRowsKeepsTheOrderOfTheIds) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows,
                                connection_->ReadRows("a", {1, 42, 0, 1}));
  EXPECT_EQ(rows.dim, 1u);
  EXPECT_EQ(rows.slot_floats, 1u);
  EXPECT_THAT(rows.weights, ElementsAre(1, 42, 0, 1));
  EXPECT_THAT(rows.slots, ElementsAre(1.5f, 42.5f, .5f, 1.5f));
  EXPECT_THAT(rows.stored, ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(rows.lsns, ElementsAre(101, 142, 100, 101));
}

TEST_F(ConnectionTest, WritesShareTheSeriesOfPushes) {
  ROWHOUSE_ASSERT_OK(Push(LookUp(*connection_, {0}), {1}));
  fake_.shard(0).Script("WriteRows", {Fate::ReplyLost()});
  ROWHOUSE_ASSERT_OK(connection_->WriteRows("a", {0}, {9.0f}, {}));
  ROWHOUSE_ASSERT_OK(Push(LookUp(*connection_, {0}), {2}));
  const auto applied = fake_.shard(0).applied();
  ASSERT_THAT(applied, SizeIs(3));
  EXPECT_EQ(applied[1].header.sequence, 1u);
  EXPECT_THAT(applied[1].inputs[0].gradients, ElementsAre(9));
  EXPECT_EQ(applied[2].header.sequence, 2u);
}

TEST_F(ConnectionTest, AWriteWhoseTableCannotBeAskedForWasNotSent) {
  for (int s = 0; s < 2; ++s) {
    fake_.shard(s).Script("DescribeTable",
                          std::vector<Fate>(kForever, Fate::Lost()));
  }
  EXPECT_THAT(connection_->WriteRows("a", {0}, {9.0f}, {}),
              StatusIs(absl::StatusCode::kAborted,
                       HasSubstr("this push was not sent")));
  ROWHOUSE_EXPECT_OK(connection_->Flush());
  EXPECT_EQ(fake_.shard(0).Count("WriteRows"), 0u);
}

// Else they could be written over what another client trains meanwhile.
TEST_F(ConnectionTest, ALoadWhoseRowsAreKeptKeepsOtherClientsAway) {
  TableSpec spec = SpecOf("t");
  spec.rows = 16;  // some on each shard
  std::vector<Id> ids(spec.rows);
  std::iota(ids.begin(), ids.end(), 0);
  const std::vector<float> weights(spec.rows, 1.0f);
  const auto load = [&](Connection& by) {
    return by.LoadOnce(spec, [&]() -> absl::Status {
      const absl::Status made = by.CreateTable(spec);
      return made.ok() ? by.WriteRows("t", ids, weights, {}) : made;
    });
  };
  fake_.shard(0).Script("WriteRows", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(
      load(*connection_),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("is kept"), HasSubstr("'t.loading' stays"))));
  ROWHOUSE_EXPECT_OK(connection_->DescribeTable("t.loading"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto other, Open(true));
  EXPECT_THAT(load(*other),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("another client is loading it")));
  EXPECT_THAT(fake_.shard(0).applied(), SizeIs(0));
  while (!connection_->Flush().ok()) {
  }
  EXPECT_THAT(fake_.shard(0).applied(), SizeIs(1));
  ROWHOUSE_EXPECT_OK(load(*connection_));
  EXPECT_THAT(fake_.shard(0).applied(), SizeIs(2));
  EXPECT_THAT(connection_->DescribeTable("t.loading"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ConnectionTest, ARestoreEndsTicketsAndQueuedPushesOfBefore) {
  TicketData before = LookUp(*connection_, {0});
  ROWHOUSE_ASSERT_OK(connection_->CreateCheckpoint("c"));
  ROWHOUSE_ASSERT_OK(fake_.Stubs()[1]->CommitCheckpoint("c", 0, {}, {}));
  EXPECT_THAT(connection_->RestoreCheckpoint("c", false),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ROWHOUSE_ASSERT_OK(connection_->RestoreCheckpoint("c", true));
  EXPECT_NE(fake_.shard(0).info.restore_id, 0u);
  EXPECT_EQ(fake_.shard(0).info.restore_id, fake_.shard(1).info.restore_id);
  EXPECT_THAT(Push(std::move(before), {1}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("made for the tables of restore 0")));
  ROWHOUSE_EXPECT_OK(Push(LookUp(*connection_, {0}), {1}));
  EXPECT_THAT(*connection_->ListCheckpoints(), SizeIs(1));
}

TEST_F(ConnectionTest, ACheckpointWaitsForThePushWithoutAnswer) {
  fake_.shard(0).Script("Push", std::vector<Fate>(kForever, Fate::Lost()));
  EXPECT_THAT(Push(LookUp(*connection_, {0}), {1}),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(connection_->CreateCheckpoint("c"),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(fake_.shard(0).Count("OpenCheckpoint"), 0u);
  while (!connection_->CreateCheckpoint("c").ok()) {
  }
  EXPECT_THAT(fake_.shard(0).applied(), SizeIs(1));
}

TEST_F(ConnectionTest, TablesGetNumbersThatDoNotComeTwice) {
  ROWHOUSE_ASSERT_OK(connection_->CreateTable(SpecOf("t")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableSummary first,
                                connection_->DescribeTable("t"));
  EXPECT_NE(first.incarnation, 0u);
  ROWHOUSE_ASSERT_OK(connection_->DropTable("t"));
  ROWHOUSE_ASSERT_OK(connection_->CreateTable(SpecOf("t")));
  EXPECT_NE(connection_->DescribeTable("t")->incarnation, first.incarnation);
  EXPECT_THAT(*connection_->ListTables(), SizeIs(2));
}

TEST_F(ConnectionTest, ShardsAreListedInOrder) {
  fake_.shard(1).info.pushes = 7;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto shards, connection_->Shards());
  ASSERT_THAT(shards, SizeIs(2));
  EXPECT_EQ(shards[1].address, "fake:1");
  EXPECT_EQ(shards[1].index, 1u);
  EXPECT_EQ(shards[1].pushes, 7u);
  EXPECT_EQ(shards[1].state, "serving");
}

TEST_F(ConnectionTest, ItsOwnSessionDoesNotHoldItsCheckpointUp) {
  ROWHOUSE_ASSERT_OK(Push(LookUp(*connection_, {0}), {1}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointSummary made,
                                connection_->CreateCheckpoint("c"));
  EXPECT_EQ(made.snapshot_epoch, 0u);
  ROWHOUSE_ASSERT_OK(Push(LookUp(*connection_, {0}), {1}));
  EXPECT_EQ(fake_.shard(0).applied()[0].header.snapshot_epoch, 0u);
  EXPECT_EQ(fake_.shard(0).applied()[1].header.snapshot_epoch, 1u);
}

TEST_F(ConnectionTest, AStepThatDoesNotEndHoldsACheckpointUpInWords) {
  connection_->EndStep();
  ROWHOUSE_ASSERT_OK(Push(LookUp(*connection_, {0}), {1}));
  EXPECT_THAT(connection_->CreateCheckpoint("c"),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("waits for a session")));
  EXPECT_EQ(fake_.shard(0).Count("AbortCheckpoint"), 1u);
  connection_->EndStep();
  ROWHOUSE_EXPECT_OK(connection_->CreateCheckpoint("c"));
}

TEST_F(ConnectionTest, TheEndOfAClientEndsItsSessions) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto other, Open(true));
  fake_.shard(0).Script("EndSession", {Fate::Lost()});
  other.reset();
  for (int s = 0; s < 2; ++s) {
    EXPECT_EQ(fake_.shard(s).Count("EndSession"), 1u);
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(other, Open(false));
  other.reset();
  EXPECT_EQ(fake_.shard(0).Count("EndSession"), 1u) << "it had none";
}

}  // namespace
}  // namespace rowhouse::internal
