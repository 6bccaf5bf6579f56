// A short run of `./dev faults pause`.
#include "tests/integration/faults/pause.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(PauseTest, PushesThatOutlastTheirDeadlinesAreAppliedOnce) {
  const TempDir directory;
  PauseOptions options;
  options.setup = {.server_binary = ROWHOUSE_SERVER_BINARY,
                   .shim = ROWHOUSE_FAULT_SHIM,
                   .directory = directory.path(),
                   .seed = 1};
  options.cycles = 4;
  options.shortest = absl::Milliseconds(300);
  options.longest = absl::Milliseconds(900);
  options.timeout = absl::Milliseconds(150);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PauseResult result, RunPauses(options));
  EXPECT_GT(result.verdict.acked, 50u);
  EXPECT_EQ(result.verdict.lost, 0u);
  EXPECT_EQ(result.verdict.doubled, 0u);
  EXPECT_EQ(result.verdict.unequal_rows, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
