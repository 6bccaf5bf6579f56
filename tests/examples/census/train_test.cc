#include "examples/census/train.h"

#include <memory>
#include <string>

#include "examples/census/columns.h"
#include "examples/census/generated_data.h"
#include "examples/census/tables_diff.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::census {
namespace {

constexpr std::size_t kRows = 3000;

// One shard in the process, trained.
struct Trained {
  TempDir directory;
  std::unique_ptr<Client> client;
  TrainResult result;
};

void TrainSome(const Census& census, const FeaturePlan& plan,
               std::uint64_t seed, Trained& trained) {
  auto client =
      Client::Connect("embedded:" + trained.directory.path() + "/shard");
  ROWHOUSE_ASSERT_OK(client);
  trained.client = std::make_unique<Client>(*std::move(client));
  Progress progress("test", 2);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      trained.result,
      Train(*trained.client, plan, census,
            {.seed = seed, .epochs = 2, .batch_rows = 64}, progress));
}

TEST(Train, LearnsAndGivesTheSameTablesAgain) {
  const GeneratedCensus generated = GenerateCensus(1, kRows, 2000);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                MakePlan(generated.census.train, 1));
  Trained one;
  Trained again;
  ASSERT_NO_FATAL_FAILURE(TrainSome(generated.census, plan, 1, one));
  ASSERT_NO_FATAL_FAILURE(TrainSome(generated.census, plan, 1, again));
  EXPECT_EQ(one.result.pushes, 2 * (kRows / 64));
  const Metrics& first = one.result.epochs[0].test;
  const Metrics& last = one.result.epochs[1].test;
  // Few rows, few steps: well above the 0.74 of always answering "no", below
  // the 0.867 of the best possible.
  EXPECT_GT(last.accuracy, 0.81);
  EXPECT_GT(last.auc, 0.87);
  EXPECT_LT(last.loss, first.loss);
  EXPECT_LT(last.loss, 0.39);

  EXPECT_EQ(last.loss, again.result.epochs[1].test.loss);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const TablesDifference difference,
      CompareTables(*one.client, *again.client, plan.tables()));
  EXPECT_EQ(difference.different, 0u);
  EXPECT_EQ(difference.stored, one.result.rows);
  EXPECT_GT(difference.stored, 500u);
}

// The whole recipe on as many rows as the real data have.
TEST(Train, ComesWithinAHundredthOfTheBestPossible) {
  const GeneratedCensus generated = GenerateCensus(1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                MakePlan(generated.census.train, 1));
  TempDir directory;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client, Client::Connect("embedded:" + directory.path() + "/s"));
  Progress progress("test", 8);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const TrainResult result,
      Train(client, plan, generated.census, {.seed = 1}, progress));
  const Metrics& last = result.epochs.back().test;
  EXPECT_EQ(result.pushes, 1016u);
  EXPECT_GT(last.accuracy, generated.best_accuracy - 0.01);
  EXPECT_LT(last.loss, generated.bayes_loss + 0.02);
}

TEST(Train, RefusesLessThanABatch) {
  const GeneratedCensus generated = GenerateCensus(1, 100, 10);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                MakePlan(generated.census.train, 1));
  TempDir directory;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client, Client::Connect("embedded:" + directory.path() + "/s"));
  Progress progress("test", 1);
  EXPECT_THAT(Train(client, plan, generated.census, {.epochs = 1}, progress),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "100 rows to train on, a batch takes 256"));
}

}  // namespace
}  // namespace rowhouse::census
