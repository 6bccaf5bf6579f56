// Goal: the promise itself. Servers are killed with SIGKILL at random moments
// while three clients push; afterwards every counter equals the number of
// acknowledged pushes and the trained table equals, bit by bit, the one of a
// run that nobody disturbed. `./dev faults kill` runs the same with other
// numbers.
#include <gtest/gtest.h>

#include "tests/integration/faults/kill.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(KillTest, FiftyKillsLoseNothingAndDoubleNothing) {
  const TempDir directory;
  KillOptions options;
  options.server_binary = ROWHOUSE_SERVER_BINARY;
  options.directory = directory.path();
  options.cycles = 50;
  options.seed = 1;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const KillResult result,
                                RunKillCycles(options));
  EXPECT_EQ(result.cycles, 50);
  EXPECT_GT(result.acked, 500u);
  EXPECT_EQ(result.lost, 0u);
  EXPECT_EQ(result.doubled, 0u);
  EXPECT_GT(result.steps, 50u);
  EXPECT_EQ(result.unequal_rows, 0u);
}

// The harness sees a loss where nothing is promised: otherwise its zero above
// would say nothing.
TEST(KillTest, MemoryLevelLosesAndTheCountersShowIt) {
  const TempDir directory;
  KillOptions options;
  options.server_binary = ROWHOUSE_SERVER_BINARY;
  options.directory = directory.path();
  options.cycles = 5;
  options.seed = 2;
  options.durability = Durability::kMemory;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const KillResult result,
                                RunKillCycles(options));
  EXPECT_GT(result.lost, 0u);
  EXPECT_GT(result.unequal_rows, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
