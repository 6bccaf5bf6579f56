// Goal: the promise itself. Servers are killed with SIGKILL at random moments
// and at named places while three clients push, checkpoints are made and tables
// come and go; afterwards every counter equals the number of
// acknowledged pushes and the trained table equals, bit by bit, the one of a
// run that nobody disturbed. `./dev faults kill` runs the same with other
// numbers.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/integration/faults/crash_points.h"
#include "tests/integration/faults/kill.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

Setup SetupIn(const TempDir& directory, std::uint64_t seed) {
  return {.server_binary = ROWHOUSE_SERVER_BINARY,
          .shim = ROWHOUSE_FAULT_SHIM,
          .directory = directory.path(),
          .seed = seed};
}

TEST(KillTest, FiftyKillsLoseNothingAndDoubleNothing) {
  const TempDir directory;
  KillOptions options;
  options.setup = SetupIn(directory, 1);
  options.cycles = 50;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const KillResult result,
                                RunKillCycles(options));
  EXPECT_EQ(result.cycles, 50);
  EXPECT_GT(result.verdict.acked, 500u);
  EXPECT_EQ(result.verdict.lost, 0u);
  EXPECT_EQ(result.verdict.doubled, 0u);
  EXPECT_GT(result.verdict.steps, 50u);
  EXPECT_EQ(result.verdict.unequal_rows, 0u);
  EXPECT_GT(result.at_points, 10);
  EXPECT_GT(result.in_recovery, 3);
  EXPECT_GT(result.checkpoints, 0u);
}

// The harness sees a loss where nothing is promised: otherwise its zero above
// would say nothing.
TEST(KillTest, MemoryLevelLosesAndTheCountersShowIt) {
  const TempDir directory;
  KillOptions options;
  options.setup = SetupIn(directory, 2);
  options.cycles = 5;
  options.durability = Durability::kMemory;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const KillResult result,
                                RunKillCycles(options));
  EXPECT_GT(result.verdict.lost, 0u);
  EXPECT_GT(result.verdict.unequal_rows, 0u);
}

// One of each kind of call, so that none can slip by the shim unseen.
TEST(KillTest, AKillAtANamedPlaceIsThere) {
  for (const char* const point :
       {"before-write:journal", "amid-write:watermarks", "after-write:synced",
        "before-sync:journal", "after-rename:watermarks"}) {
    SCOPED_TRACE(point);
    const TempDir directory;
    KillOptions options;
    options.setup = SetupIn(directory, 3);
    options.cycles = 2;
    options.only_point = point;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const KillResult result,
                                  RunKillCycles(options));
    EXPECT_EQ(result.points.at(options.only_point), 2);
    EXPECT_EQ(result.verdict.lost + result.verdict.doubled, 0u);
  }
}

TEST(KillTest, ThereAreThirtyPlacesAndEachHasItsOwnName) {
  std::set<std::string> names;
  for (const CrashPoint& point : CrashPoints()) {
    EXPECT_TRUE(names.insert(point.name).second) << point.name;
    EXPECT_TRUE(point.serving || point.starting) << point.name;
  }
  EXPECT_GE(names.size(), 30u);
}

}  // namespace
}  // namespace rowhouse::faults
