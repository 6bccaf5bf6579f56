#include "examples/census/columns.h"

#include <numeric>

#include "examples/census/generated_data.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::census {
namespace {

using ::testing::DoubleNear;

TEST(Columns, AreFourteenWideAndTenDeep) {
  const GeneratedCensus generated = GenerateCensus(1, 300, 10);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                MakePlan(generated.census.train, 7));
  ASSERT_EQ(plan.tables().size(), kWideColumns + kDeepColumns);
  for (std::size_t i = 0; i < plan.tables().size(); ++i) {
    const TableSpec& table = plan.tables()[i];
    const bool wide = i < kWideColumns;
    EXPECT_EQ(table.dim, wide ? 1u : kDeepDimension) << table.name;
    EXPECT_EQ(OptimizerName(table.optimizer), wide ? "ftrl" : "adagrad");
    EXPECT_EQ(table.name.substr(0, 5), wide ? "wide/" : "deep/");
    EXPECT_EQ(table.seed, wide ? 0u : 7u);
  }
  EXPECT_EQ(plan.tables()[12].name,
            "wide/age_bucketized_X_education_X_occupation");
  EXPECT_EQ(plan.tables()[12].rows, 10000u);
  EXPECT_EQ(plan.dense_names().size(), kDenseColumns);
}

// So the bags of this model are never split over shards, and every layout gives
// the same bits.
TEST(Columns, GiveOneIdPerRow) {
  const GeneratedCensus generated = GenerateCensus(1, 300, 10);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                MakePlan(generated.census.train, 1));
  std::vector<std::uint32_t> rows(300);
  std::iota(rows.begin(), rows.end(), 0);
  Batch batch;
  batch.Gather(generated.census.train, rows);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::vector<FeatureIds> ids,
                                plan.Resolve(batch.features()));
  for (const FeatureIds& feature : ids) {
    EXPECT_EQ(feature.batch.ids.size(), 300u) << feature.table;
    EXPECT_TRUE(feature.batch.row_splits.empty()) << feature.table;
  }
}

TEST(Columns, ScaleNumbersByTheTrainingRows) {
  const GeneratedCensus generated = GenerateCensus(1, 300, 10);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FeaturePlan plan,
                                MakePlan(generated.census.train, 1));
  std::vector<std::uint32_t> rows(300);
  std::iota(rows.begin(), rows.end(), 0);
  Batch batch;
  batch.Gather(generated.census.train, rows);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const DenseBatch dense,
                                plan.Dense(batch.features()));
  for (std::size_t column = 0; column < kDenseColumns; ++column) {
    double sum = 0;
    double squares = 0;
    for (std::size_t row = 0; row < dense.rows; ++row) {
      const double value = dense.values[row * dense.width + column];
      sum += value;
      squares += value * value;
    }
    EXPECT_THAT(sum / 300, DoubleNear(0, 1e-5)) << column;
    EXPECT_THAT(squares / 300, DoubleNear(1, 1e-5)) << column;
  }
}

}  // namespace
}  // namespace rowhouse::census
