#include "shard/step_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace rowhouse::shard {
namespace {

std::vector<std::uint64_t> IterationsSince(const StepLog& log,
                                           std::uint64_t begin) {
  std::vector<std::uint64_t> iterations;
  for (const kernels::StepTerms& terms : log.Since(begin)) {
    iterations.push_back(terms.step);
  }
  return iterations;
}

TEST(StepLogTest, CountsFromZeroAndKeepsWhatIsAsked) {
  StepLog log;
  EXPECT_EQ(log.count(), 0u);
  EXPECT_TRUE(log.Since(0).empty());
  for (std::uint64_t i = 0; i < 5; ++i) log.Append({0.5f, 10 + i});
  EXPECT_EQ(log.count(), 5u);
  EXPECT_THAT(IterationsSince(log, 3), testing::ElementsAre(13, 14));
  EXPECT_TRUE(log.Since(5).empty());
}

// Whatever is forgotten in whatever portions, numbers stay what they are.
TEST(StepLogTest, ForgettingRenumbersNothing) {
  StepLog log;
  std::uint64_t forgotten = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    log.Append({static_cast<float>(i), i});
    if (i % 7 == 0) {
      forgotten = i / 2;
      log.ForgetBelow(forgotten);
      log.ForgetBelow(forgotten / 2);  // long gone
    }
    ASSERT_EQ(log.first(), forgotten);
    ASSERT_EQ(log.count(), i + 1);
    ASSERT_EQ(log.size(), i + 1 - forgotten);
    ASSERT_EQ(log.Since(forgotten).front().step, forgotten);
    ASSERT_EQ(log.Since(i).front().learning_rate, static_cast<float>(i));
  }
  log.ForgetBelow(2000);
  EXPECT_EQ(log.count(), 1000u);
  EXPECT_EQ(log.last().step, 999u) << "the last one stays";
  EXPECT_EQ(log.first(), 999u);
  log.Append({1.0f, 1000});
  EXPECT_THAT(IterationsSince(log, 999), testing::ElementsAre(999, 1000));
  StepLog none;
  none.ForgetBelow(5);
  EXPECT_EQ(none.count(), 0u);
}

TEST(StepLogTest, ComesBackFromWhatIsStored) {
  StepLog log;
  for (std::uint64_t i = 0; i < 9; ++i) log.Append({0.25f, 2 * i});
  log.ForgetBelow(4);
  const storage::StoredSteps stored = log.Store(17);
  EXPECT_EQ(stored.first, 4u);
  EXPECT_EQ(stored.owner, 17u);
  const StepLog back = StepLog::FromStored(stored);
  EXPECT_EQ(back.count(), 9u);
  EXPECT_EQ(back.first(), 4u);
  EXPECT_EQ(IterationsSince(back, 4), IterationsSince(log, 4));
  EXPECT_EQ(back.Since(8).front().learning_rate, 0.25f);
}

}  // namespace
}  // namespace rowhouse::shard
