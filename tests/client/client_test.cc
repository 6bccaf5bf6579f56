#include "rowhouse/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ClientTest : public ::testing::Test {
 protected:
  absl::StatusOr<Client> Connect() {
    return Client::Connect(absl::StrCat("embedded:", dir_.File("data")));
  }
  static TableSpec Spec() {
    TableSpec spec;
    spec.name = "t";
    spec.dim = 2;
    spec.initializer = ConstantInitializer{1.0f};
    spec.optimizer = SgdSpec{0.5f};
    return spec;
  }
  static std::vector<FeatureIds> Ids(Combiner combiner, IdBatch batch) {
    std::vector<FeatureIds> features;
    features.push_back({"t", 2, combiner, std::move(batch)});
    return features;
  }

  TempDir dir_;
};

TEST_F(ClientTest, LooksUpAndTrains) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Connect());
  ROWHOUSE_ASSERT_OK(client.CreateTable(Spec()));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      LookupResult step,
      client.Lookup(Ids(Combiner::kMean, {{7, 7, 8}, {}, {0, 3, 3}})));
  EXPECT_THAT(step.activations[0].values, ElementsAre(1, 1, 0, 0));
  const std::vector<float> gradient = {6, 12, 100, 100};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const PushOutcome outcome,
      client.Push(std::move(step.ticket), {absl::MakeSpan(gradient)}));
  EXPECT_EQ(outcome.shards, 1u);
  EXPECT_EQ(outcome.durability, Durability::kProcess);
  // A third of the gradient per occurrence, 7 occurs twice: 1 - .5 * 4.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows,
                                client.ReadRows("t", {7, 8, 9}));
  EXPECT_THAT(rows.weights, ElementsAre(-1.0f, -3.0f, 0.0f, -1.0f, 1.0f, 1.0f));
  EXPECT_THAT(rows.stored, ElementsAre(1, 1, 0));
}

TEST_F(ClientTest, QueuedPushesAreThereAfterFlush) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Connect());
  ROWHOUSE_ASSERT_OK(client.CreateTable(Spec()));
  const std::vector<float> gradient = {2, 4};
  for (int i = 0; i < 10; ++i) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        LookupResult step, client.Lookup(Ids(Combiner::kNone, {{7}, {}, {}})));
    ROWHOUSE_ASSERT_OK(
        client.PushAsync(std::move(step.ticket), {absl::MakeSpan(gradient)}));
  }
  ROWHOUSE_ASSERT_OK(client.Flush());
  EXPECT_THAT(client.ReadRows("t", {7})->weights, ElementsAre(-9, -19));
}

TEST_F(ClientTest, ATicketIsUsedOnce) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Connect());
  ROWHOUSE_ASSERT_OK(client.CreateTable(Spec()));
  EXPECT_THAT(client.Push(Ticket(), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      LookupResult step, client.Lookup(Ids(Combiner::kNone, {{7}, {}, {}})));
  const std::vector<float> gradient = {2, 4};
  ROWHOUSE_ASSERT_OK(
      client.Push(std::move(step.ticket), {absl::MakeSpan(gradient)}));
  EXPECT_THAT(
      client.Push(std::move(step.ticket), {absl::MakeSpan(gradient)}),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("used")));
}

TEST_F(ClientTest, ATicketMayOutliveItsClient) {
  Ticket ticket;
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Connect());
    ROWHOUSE_ASSERT_OK(client.CreateTable(Spec()));
    ticket =
        std::move(client.Lookup(Ids(Combiner::kNone, {{7}, {}, {}}))->ticket);
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Connect());
  const std::vector<float> gradient = {2, 4};
  EXPECT_THAT(client.Push(std::move(ticket), {absl::MakeSpan(gradient)}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(client.ReadRows("t", {7})->weights, ElementsAre(1, 1));
}

TEST_F(ClientTest, CheckpointAndBack) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Connect());
  ROWHOUSE_ASSERT_OK(client.CreateTable(Spec()));
  ROWHOUSE_ASSERT_OK(client.WriteRows("t", {3}, {5.0f, 6.0f}, {}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto made,
                                client.CreateCheckpoint("one"));
  EXPECT_EQ(made.name, "one");
  EXPECT_EQ(made.rows, 1u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      LookupResult before, client.Lookup(Ids(Combiner::kNone, {{3}, {}, {}})));
  ROWHOUSE_ASSERT_OK(client.WriteRows("t", {3}, {0.0f, 0.0f}, {}));
  ROWHOUSE_ASSERT_OK(client.RestoreCheckpoint("one", true));
  EXPECT_THAT(client.ReadRows("t", {3})->weights, ElementsAre(5, 6));
  const std::vector<float> gradient = {2, 4};
  EXPECT_THAT(client.Push(std::move(before.ticket), {absl::MakeSpan(gradient)}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ROWHOUSE_EXPECT_OK(client.WriteRows("t", {4}, {0.0f, 0.0f}, {}));
  EXPECT_THAT(*client.ListCheckpoints(), SizeIs(1));
}

TEST_F(ClientTest, TablesAndShards) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Connect());
  ROWHOUSE_ASSERT_OK(client.CreateTable(Spec()));
  ROWHOUSE_ASSERT_OK(client.CreateTable(Spec()));
  TableSpec other = Spec();
  other.dim = 3;
  EXPECT_THAT(client.CreateTable(other),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(client.DescribeTable("t")->spec, Spec());
  EXPECT_THAT(*client.ListTables(), SizeIs(1));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto shards, client.Shards());
  ASSERT_THAT(shards, SizeIs(1));
  EXPECT_EQ(shards[0].state, "serving");
  EXPECT_EQ(shards[0].tables, 1u);
  EXPECT_EQ(shards[0].sessions, 1u);
  EXPECT_NE(shards[0].version, "");
  ROWHOUSE_ASSERT_OK(client.DropTable("t"));
  EXPECT_THAT(client.ReadRows("t", {1}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ClientTest, AnAddressThatIsNoneIsAnError) {
  EXPECT_THAT(Client::Connect("nowhere"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ClientOptions hasty;
  // The first wait is beyond the timeout, so there is one try.
  hasty.timeout = absl::Seconds(10);
  hasty.retry_wait_min = absl::Seconds(30);
  EXPECT_THAT(
      Client::Connect(absl::StrCat("unix:", dir_.File("nobody")), hasty),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("nobody")));
}

}  // namespace
}  // namespace rowhouse
