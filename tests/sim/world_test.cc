#include "tests/sim/world.h"

#include <gtest/gtest.h>

#include "tests/sim/plan.h"

namespace rowhouse::sim {
namespace {

TEST(WorldTest, ASeedIsOneRun) {
  for (const std::uint64_t seed : {3, 4, 5}) {
    const Outcome first = Simulate(seed, /*tell=*/false);
    const Outcome second = Simulate(seed, /*tell=*/false);
    EXPECT_EQ(first.steps, second.steps);
    EXPECT_EQ(first.digest, second.digest);
    EXPECT_EQ(first.failure, "");
  }
  EXPECT_NE(Simulate(3, false).digest, Simulate(4, false).digest);
}

// A simulator in which nothing happens finds nothing.
TEST(WorldTest, SeedsTogetherSeeEveryKindOfFault) {
  Outcome sum;
  int kills = 0;
  int power_cuts = 0;
  int several = 0;
  int bounded = 0;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    const Plan plan = PlanOf(seed);
    kills += plan.kills ? 1 : 0;
    power_cuts += plan.power_cuts ? 1 : 0;
    several += plan.shards > 1 ? 1 : 0;
    const Outcome outcome = Simulate(seed, /*tell=*/false);
    EXPECT_EQ(outcome.failure, "") << seed;
    sum.acknowledged += outcome.acknowledged;
    sum.lost_by_level += outcome.lost_by_level;
    sum.lives += outcome.lives;
    sum.checkpoints += outcome.checkpoints;
    sum.rows_back += outcome.rows_back;
    bounded += plan.row_memory_bytes > 0 ? 1 : 0;
    EXPECT_TRUE(plan.row_memory_bytes > 0 || outcome.rows_back == 0) << seed;
  }
  EXPECT_GT(kills, 20);
  EXPECT_GT(power_cuts, 20);
  EXPECT_GT(several, 20);
  EXPECT_GT(sum.acknowledged, 2000u);
  // Levels below POWER lose: otherwise power cuts would take nothing.
  EXPECT_GT(sum.lost_by_level, 40u);
  EXPECT_GT(sum.lives, 600u);
  EXPECT_GT(sum.checkpoints, 10u);
  EXPECT_GT(bounded, 10);
  // Rows go from memory and are wanted again: otherwise it would hold them all.
  EXPECT_GT(sum.rows_back, 2000u);
}

}  // namespace
}  // namespace rowhouse::sim
