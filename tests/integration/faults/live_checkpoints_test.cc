// A short run of the live part of `./dev faults restore`.
#include "tests/integration/faults/live_checkpoints.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(LiveCheckpointsTest, EachIsOneMomentOfTheRun) {
  const TempDir directory;
  LiveCheckpointOptions options;
  options.setup = {.server_binary = ROWHOUSE_SERVER_BINARY,
                   .shim = ROWHOUSE_FAULT_SHIM,
                   .directory = directory.path(),
                   .seed = 1};
  options.checkpoints = 5;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const LiveCheckpointResult result,
                                RunLiveCheckpoints(options));
  EXPECT_EQ(result.checkpoints, 5);
  EXPECT_EQ(result.unequal, 0);
  EXPECT_GT(result.steps, 5u) << "nobody trained meanwhile";
}

}  // namespace
}  // namespace rowhouse::faults
