#include "shard/own_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/shard/machine.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OwnShareTest : public testing::Test {
 protected:
  // Three ids of the upper half of the buckets and three of the lower.
  OwnShareTest() {
    for (Id id = 0; upper_.size() < 3 || lower_.size() < 3; ++id) {
      auto& half =
          table_.BucketOf(table_.Hash(id)).value() < kHalf ? lower_ : upper_;
      if (half.size() < 3) half.push_back(id);
    }
  }
  static constexpr std::uint32_t kHalf = 8192;

  Table table_{CounterSpec("t"), TableIncarnation(5), 4};
  std::vector<Id> lower_, upper_;
  OwnShare share_{BucketRange{0, kHalf}};
};

TEST_F(OwnShareTest, KeepsOwnOccurrencesInTheirBagsAndOrder) {
  const std::vector<Id> ids = {lower_[1], upper_[0], lower_[0],
                               upper_[1], lower_[1], upper_[2]};
  const std::vector<float> weights = {1, 2, 3, 4, 5, 6};
  const std::vector<std::uint32_t> splits = {0, 3, 3, 5, 6};
  const std::vector<float> gradients = {1, 1, 2, 2, 3, 3, 4, 4};
  const ResolvedInput share = share_.Take(
      ResolvedInput{&table_, {ids, weights, splits}, gradients, {}});
  EXPECT_THAT(share.bags.ids, ElementsAre(lower_[1], lower_[0], lower_[1]));
  EXPECT_THAT(share.bags.weights, ElementsAre(1, 3, 5));
  EXPECT_THAT(share.bags.row_splits, ElementsAre(0, 2, 2, 3, 3));
  EXPECT_EQ(share.gradients.data(), gradients.data());
  EXPECT_EQ(share.gradients.size(), gradients.size());
}

TEST_F(OwnShareTest, GivesPlainIdsTheirGradients) {
  const std::vector<Id> ids = {upper_[0], lower_[0], upper_[1], lower_[2]};
  const std::vector<float> gradients(8);
  const ResolvedInput share =
      share_.Take(ResolvedInput{&table_, {.ids = ids}, gradients, {}});
  EXPECT_THAT(share.bags.ids, ElementsAre(lower_[0], lower_[2]));
  EXPECT_THAT(share.bags.weights, IsEmpty());
  EXPECT_THAT(share.bags.row_splits, ElementsAre(0, 0, 1, 1, 2));
  EXPECT_EQ(share.bags.bags(), 4u);
}

TEST_F(OwnShareTest, TakesWhatIsAllItsOwnAsItIs) {
  const std::vector<float> gradients(6);
  const ResolvedInput share =
      share_.Take(ResolvedInput{&table_, {.ids = lower_}, gradients, {}});
  EXPECT_EQ(share.bags.ids.data(), lower_.data());
  EXPECT_THAT(share.bags.row_splits, IsEmpty());
}

TEST_F(OwnShareTest, KeepsTheRowsOfOwnIds) {
  const std::vector<Id> ids = {upper_[0], lower_[1], lower_[0]};
  const std::vector<float> weights = {1, 2, 3, 4, 5, 6};
  const ResolvedRows rows =
      share_.Take(ResolvedRows{&table_, ids, weights, {}});
  EXPECT_THAT(rows.ids, ElementsAre(lower_[1], lower_[0]));
  EXPECT_THAT(rows.weights, ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(rows.slots, IsEmpty());
}

// Several inputs of one record stay until the next.
TEST_F(OwnShareTest, KeepsWhatItGaveUntilItIsCleared) {
  const std::vector<Id> ids = {upper_[0], lower_[1]};
  const std::vector<float> gradients(4);
  std::vector<ResolvedInput> shares;
  for (int i = 0; i < 50; ++i) {
    shares.push_back(
        share_.Take(ResolvedInput{&table_, {.ids = ids}, gradients, {}}));
  }
  for (const ResolvedInput& share : shares) {
    EXPECT_THAT(share.bags.ids, ElementsAre(lower_[1]));
  }
  share_.Clear();
}

}  // namespace
}  // namespace rowhouse::shard
