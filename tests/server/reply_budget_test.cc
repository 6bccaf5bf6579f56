#include "server/reply_budget.h"

#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

TEST(ReplyBudgetTest, RefusesWhatDoesNotFitBesideTheOthersWithItsNumbers) {
  ReplyBudget budget(100);
  absl::StatusOr<ReplyBudget::Share> first = budget.Take(60);
  ROWHOUSE_ASSERT_OK(first);
  EXPECT_THAT(budget.Take(41),
              StatusIs(absl::StatusCode::kUnavailable,
                       "the server is busy: a reply takes 41 bytes, replies "
                       "that clients have not taken have 60, at most 100 may"));
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto second, budget.Take(40));
    EXPECT_EQ(budget.bytes_taken(), 100u);
    EXPECT_THAT(budget.Take(1), StatusIs(absl::StatusCode::kUnavailable));
    ROWHOUSE_EXPECT_OK(budget.Take(0));
  }
  EXPECT_EQ(budget.bytes_taken(), 60u);
  EXPECT_THAT(budget.Take(~std::size_t{0}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ReplyBudgetTest, AShareGivesBackOnceAndMayOutliveTheBudget) {
  std::optional<ReplyBudget> budget(100);
  absl::StatusOr<ReplyBudget::Share> share = budget->Take(60);
  ROWHOUSE_ASSERT_OK(share);
  {
    const ReplyBudget::Share moved = *std::move(share);
    EXPECT_EQ(budget->bytes_taken(), 60u);
  }
  EXPECT_EQ(budget->bytes_taken(), 0u);
  const auto longest = budget->Take(100);
  budget.reset();
  ROWHOUSE_EXPECT_OK(longest);
}

TEST(ReplyBudgetTest, ThreadsTogetherNeverTakeMore) {
  ReplyBudget budget(1000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&budget] {
      std::vector<ReplyBudget::Share> shares;
      for (int i = 0; i < 5000; ++i) {
        auto share = budget.Take(70);
        if (share.ok()) {
          shares.push_back(*std::move(share));
        } else {
          shares.clear();
        }
        ASSERT_LE(budget.bytes_taken(), 1000u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.bytes_taken(), 0u);
}

}  // namespace
}  // namespace rowhouse::server
