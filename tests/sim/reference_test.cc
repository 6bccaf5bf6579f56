#include "tests/sim/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

constexpr TableIncarnation kTable(5);

TableSpec Sgd() {
  TableSpec spec;
  spec.name = "t";
  spec.dim = 1;
  spec.optimizer = SgdSpec{.learning_rate = -1.0f};
  return spec;
}

std::string PushRecord(std::vector<Id> ids, std::vector<float> gradients) {
  shard::RecordEncoder encoder;
  shard::InputRecord input;
  input.table = kTable;
  input.dim = 1;
  input.bags.ids = ids;
  input.gradients = gradients;
  std::string payload;
  for (const auto piece : encoder.Push({.session = 1}, {input})) {
    payload.append(piece.data(), piece.size());
  }
  return payload;
}

TEST(ReferenceTest, PushesAddUpAndRepeatsOfAnIdAreSummed) {
  Reference reference;
  reference.tables().emplace(kTable, ReferenceTable(Sgd(), {0, kBuckets}));
  const std::string record = PushRecord({7, 8, 7}, {1, 2, 4});
  ROWHOUSE_ASSERT_OK(reference.Apply(shard::RecordKind::kPush, record));
  ROWHOUSE_ASSERT_OK(reference.Apply(shard::RecordKind::kPush, record));
  const ReferenceTable& table = reference.tables().at(kTable);
  EXPECT_THAT(table.Row(7), ElementsAre(10.0f));
  EXPECT_THAT(table.Row(8), ElementsAre(4.0f));
  EXPECT_THAT(table.Row(9), ElementsAre(0.0f));
  EXPECT_FALSE(table.Stored(9));
}

TEST(ReferenceTest, RowsWithoutAGradientMoveWhereTheTableSaysSo) {
  TableSpec spec = Sgd();
  spec.rows = 3;
  spec.initializer = ConstantInitializer{.value = 1.0f};
  spec.update.weight_decay = {.rows = DecayedRows::kEveryRow,
                              .factor = 0.5f,
                              .multiply_by_learning_rate = false};
  Reference reference;
  reference.tables().emplace(kTable, ReferenceTable(spec, {0, kBuckets}));
  ROWHOUSE_ASSERT_OK(
      reference.Apply(shard::RecordKind::kPush, PushRecord({1}, {1})));
  ROWHOUSE_ASSERT_OK(
      reference.Apply(shard::RecordKind::kPush, PushRecord({}, {})));
  const ReferenceTable& table = reference.tables().at(kTable);
  EXPECT_THAT(table.Row(0), ElementsAre(FloatEq(0.25f)));
  EXPECT_THAT(table.Row(1), ElementsAre(FloatEq(0.75f)));
  EXPECT_EQ(table.steps(), 2u);
}

TEST(ReferenceTest, PartsOfATableJoinToTheWhole) {
  ReferenceTable whole(Sgd(), {0, kBuckets});
  const std::vector<Id> ids = {1, 2, 3, 4, 5, 6};
  const std::vector<float> gradients = {1, 2, 3, 4, 5, 6};
  shard::InputRecord input;
  input.table = kTable;
  input.dim = 1;
  input.bags.ids = ids;
  input.gradients = gradients;
  whole.Push({input}, kTable, 0);
  ReferenceTable joined = whole.Part({0, kBuckets / 2});
  int stored = 0;
  for (const Id id : ids) stored += joined.Stored(id) ? 1 : 0;
  EXPECT_GT(stored, 0);
  EXPECT_LT(stored, 6);
  joined.Join(whole.Part({kBuckets / 2, kBuckets}));
  for (const Id id : ids) EXPECT_EQ(joined.Row(id), whole.Row(id));
}

}  // namespace
}  // namespace rowhouse::sim
