#include "client/columns/bags.h"

#include <limits>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Rows {3, -1, 4}, {}, {-2}, {5}, with weights.
class BagsTest : public ::testing::Test {
 protected:
  absl::StatusOr<FeatureIds> Fill(const BagRules& rules) {
    FeatureIds out{.table = "t", .dim = 2};
    RowsOfIds in{.ids = ids_, .row_splits = splits_};
    if (!weights_.empty()) in.weights = weights_;
    const absl::Status status = FillBags(rules, in, out);
    if (!status.ok()) return status;
    return out;
  }
  std::vector<std::int64_t> ids_ = {3, -1, 4, -2, 5};
  std::vector<std::size_t> splits_ = {0, 3, 3, 4, 5};
  std::vector<float> weights_;
};

TEST_F(BagsTest, SafeLeavesOutWhatIsNoRow) {
  auto out = Fill({.name = "n", .combiner = Combiner::kSqrtn});
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->combiner, Combiner::kSqrtn);
  EXPECT_THAT(out->batch.ids, ElementsAre(3, 4, 5));
  EXPECT_THAT(out->batch.weights, IsEmpty());
  EXPECT_THAT(out->batch.row_splits, ElementsAre(0, 2, 2, 2, 3));
  EXPECT_EQ(out->empty_bag_id, 0u);
  EXPECT_EQ(out->table, "t");
}

TEST_F(BagsTest, SafeLeavesOutWeightsThatAreNotPositiveUnlessTheyAreSummed) {
  weights_ = {0, 1, kNan, 1, -2};
  auto mean = Fill({.name = "n"});
  ASSERT_TRUE(mean.ok()) << mean.status();
  EXPECT_THAT(mean->batch.ids, IsEmpty());
  EXPECT_THAT(mean->batch.row_splits, ElementsAre(0, 0, 0, 0, 0));
  weights_[2] = 7;
  auto sum = Fill({.name = "n", .combiner = Combiner::kSum});
  ASSERT_TRUE(sum.ok()) << sum.status();
  EXPECT_THAT(sum->batch.ids, ElementsAre(3, 4, 5));
  EXPECT_THAT(sum->batch.weights, ElementsAre(0, 7, -2));
}

TEST_F(BagsTest, EmptyRowsTakeTheDefaultIdWithWeightOne) {
  weights_ = {2, 2, 2, 2, 2};
  auto out = Fill({.name = "n", .default_id = 9});
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->batch.ids, ElementsAre(3, 4, 9, 9, 5));
  EXPECT_THAT(out->batch.weights, ElementsAre(2, 2, 1, 1, 2));
  EXPECT_FALSE(out->empty_bag_id.has_value());
}

TEST_F(BagsTest, ADefaultIdMattersOnlyWhereARowIsEmpty) {
  EXPECT_THAT(Fill({.name = "n", .default_id = -1}),
              InvalidWith("row 1 is empty and default_id -1"));
  EXPECT_THAT(Fill({.name = "n", .default_id = 6, .rows = 6}),
              InvalidWith("default_id 6"));
  ids_ = {3, 4};
  splits_ = {0, 1, 2};
  EXPECT_TRUE(Fill({.name = "n", .default_id = -1}).ok());
}

TEST_F(BagsTest, OneIdInEachRowNeedsNoSplits) {
  splits_ = {0, 2, 4, 5};
  auto out = Fill({.name = "n"});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(out->batch.ids, ElementsAre(3, 4, 5));
  EXPECT_THAT(out->batch.row_splits, IsEmpty());
  ids_[1] = 1;
  out = Fill({.name = "n"});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(out->batch.row_splits, ElementsAre(0, 2, 3, 4));
}

TEST_F(BagsTest, OnlyIdsThatAreLookedUpMustBeRows) {
  EXPECT_THAT(Fill({.name = "n", .rows = 5}),
              InvalidWith("\"n\": id 5 in row 3 is not below num_buckets 5"));
  weights_ = {1, 1, 1, 1, 0};
  EXPECT_TRUE(Fill({.name = "n", .rows = 5}).ok());
}

TEST_F(BagsTest, RawCountsEverything) {
  EXPECT_THAT(Fill({.name = "n", .safe = false}),
              InvalidWith("\"n\": id -1 in row 0"));
  ids_ = {3, 1, 4, 2, 5};
  weights_ = {0, -1, kNan, 1, 1};
  splits_ = {0, 3, 3, 5, 5, 5};
  auto out = Fill({.name = "n", .safe = false});
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->batch.ids, ElementsAre(3, 1, 4, 2, 5));
  EXPECT_EQ(out->batch.weights.size(), 5u);
  // The rows at the end are cut off.
  EXPECT_THAT(out->batch.row_splits, ElementsAre(0, 3, 3, 5));
  EXPECT_FALSE(out->empty_bag_id.has_value());
}

TEST_F(BagsTest, RawRowsThatAreAllEmptyAreNone) {
  ids_ = {};
  splits_ = {0, 0, 0};
  auto out = Fill({.name = "n", .safe = false});
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->batch.bags(), 0u);
}

TEST_F(BagsTest, RefusesWhatIsNoCombinerAndWeightsThatDoNotPair) {
  EXPECT_THAT(Fill({.name = "n", .combiner = Combiner::kNone}),
              InvalidWith("none of sum, mean and sqrtn"));
  EXPECT_THAT(Fill({.name = "n", .combiner = static_cast<Combiner>(9)}),
              InvalidWith("none of sum, mean and sqrtn"));
  weights_ = {1, 1};
  EXPECT_THAT(Fill({.name = "n"}), InvalidWith("2 weights for 5 ids"));
}

}  // namespace
}  // namespace rowhouse::internal
