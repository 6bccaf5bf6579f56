#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "rowhouse/client.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/features.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(ClientPlan, ColumnsBecomeTablesAndActivations) {
  TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client,
      Client::Connect(absl::StrCat("embedded:", dir.File("data"))));
  EmbeddingColumn column{CategoricalColumnWithIdentity{"n", 10}, 2};
  column.initializer = ConstantInitializer{0.5f};
  column.table.optimizer = SgdSpec{1.0f};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                FeaturePlan::Compile({column}));
  ROWHOUSE_ASSERT_OK(client.CreateTables(plan));
  ROWHOUSE_ASSERT_OK(client.CreateTables(plan));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto tables, client.ListTables());
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_EQ(tables[0].spec, plan.tables()[0]);
  EXPECT_EQ(tables[0].spec.rows, 10u);

  const std::vector<std::int64_t> n = {3, -1, 4};
  Features features;
  features.Set("n", absl::MakeConstSpan(n));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(LookupResult step,
                                client.Lookup(plan, features));
  EXPECT_THAT(step.activations[0].values,
              ElementsAre(.5f, .5f, 0, 0, .5f, .5f));
  const std::vector<float> gradient = {1, 2, 3, 4, 5, 6};
  ROWHOUSE_ASSERT_OK(
      client.Push(std::move(step.ticket), {absl::MakeSpan(gradient)}));
  EXPECT_THAT(client.ReadRows(plan.tables()[0].name, {3, 4})->weights,
              ElementsAre(-.5f, -1.5f, -4.5f, -5.5f));

  const std::vector<std::int64_t> outside = {10};
  features.Set("n", absl::MakeConstSpan(outside));
  EXPECT_THAT(client.Lookup(plan, features),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

EmbeddingColumn LoadedColumn(std::int64_t buckets) {
  EmbeddingColumn column{CategoricalColumnWithIdentity{"n", buckets}, 3};
  column.ckpt_to_load_from =
      absl::StrCat(ROWHOUSE_RECORDED_CHECKPOINTS, "/load_0/ckpt-7");
  column.tensor_name_in_ckpt = "emb/weights";
  return column;
}

TEST(ClientPlan, ATableBeginsAsATensorOfACheckpointOnce) {
  TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client,
      Client::Connect(absl::StrCat("embedded:", dir.File("data"))));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                FeaturePlan::Compile({LoadedColumn(5)}));
  ROWHOUSE_ASSERT_OK(client.CreateTables(plan));
  const std::string& name = plan.tables()[0].name;
  EXPECT_THAT(client.ReadRows(name, {0})->weights,
              ElementsAre(0.062f, -0.751f, -0.738f));
  // What was trained since is kept.
  ROWHOUSE_ASSERT_OK(client.WriteRows(name, {0}, {1, 2, 3}, {}));
  ROWHOUSE_ASSERT_OK(client.CreateTables(plan));
  EXPECT_THAT(client.ReadRows(name, {0})->weights, ElementsAre(1, 2, 3));
}

TEST(ClientPlan, ATableWithSomeRowsIsNotLoadedOver) {
  TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client,
      Client::Connect(absl::StrCat("embedded:", dir.File("data"))));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                FeaturePlan::Compile({LoadedColumn(5)}));
  const TableSpec& spec = plan.tables()[0];
  ROWHOUSE_ASSERT_OK(client.CreateTable(spec));
  ROWHOUSE_ASSERT_OK(client.WriteRows(spec.name, {2}, {1, 2, 3}, {}));
  EXPECT_THAT(client.CreateTables(plan),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(client.ReadRows(spec.name, {2})->weights, ElementsAre(1, 2, 3));
}

// A trainer that died left three of five rows. A regularizer moves rows that
// nobody touched, so pushes to it make the others: their number says nothing.
TEST(ClientPlan, ALoadThatWasCutShortIsNotTakenForAWholeOne) {
  TempDir dir;
  const std::string address = absl::StrCat("embedded:", dir.File("data"));
  EmbeddingColumn column = LoadedColumn(5);
  column.table.update.regularizer.l2 = 0.5f;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                FeaturePlan::Compile({column}));
  const TableSpec& spec = plan.tables()[0];
  const std::string mark = spec.name + ".loading";
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client, Client::Connect(address));
    ROWHOUSE_ASSERT_OK(
        client.CreateTable({.name = mark, .dim = 1, .rows = 1, .seed = 7}));
    ROWHOUSE_ASSERT_OK(client.CreateTable(spec));
    const std::vector<float> rows(9, 1.0f);
    ROWHOUSE_ASSERT_OK(client.WriteRows(spec.name, {0, 1, 2}, rows, {}));
    const std::vector<std::int64_t> ids = {0};
    const std::vector<float> gradient(3, 1.0f);
    Features features;
    features.Set("n", ids);
    for (std::uint64_t step = 0; step < 200; ++step) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(LookupResult found,
                                    client.Lookup(plan, features));
      ROWHOUSE_ASSERT_OK(client.Push(
          std::move(found.ticket), {absl::MakeSpan(gradient)}, {.step = step}));
    }
    EXPECT_EQ(client.DescribeTable(spec.name)->rows_stored, spec.rows);
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client, Client::Connect(address, {.timeout = absl::Seconds(1)}));
  EXPECT_THAT(client.CreateTables(plan),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(absl::StrCat("drop '", mark, "'"))));
  ROWHOUSE_ASSERT_OK(client.DropTable(mark));
  ROWHOUSE_ASSERT_OK(client.DropTable(spec.name));
  ROWHOUSE_ASSERT_OK(client.CreateTables(plan));
  EXPECT_THAT(client.ReadRows(spec.name, {0})->weights,
              ElementsAre(0.062f, -0.751f, -0.738f));
  EXPECT_THAT(client.ListTables(), IsOkAndHolds(SizeIs(1)));
}

TEST(ClientPlan, ACheckpointThatDoesNotFitMakesNoTable) {
  TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client,
      Client::Connect(absl::StrCat("embedded:", dir.File("data"))));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                FeaturePlan::Compile({LoadedColumn(7)}));
  EXPECT_THAT(client.CreateTables(plan),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(client.ListTables(), IsOkAndHolds(SizeIs(0)));
}

}  // namespace
}  // namespace rowhouse
