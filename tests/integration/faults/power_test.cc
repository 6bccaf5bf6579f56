// A short run of `./dev faults power`.
#include "tests/integration/faults/power.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(PowerTest, PowerLevelLosesNothingAndProcessLevelDoes) {
  const TempDir directory;
  PowerOptions options;
  options.setup = {.server_binary = ROWHOUSE_SERVER_BINARY,
                   .shim = ROWHOUSE_FAULT_SHIM,
                   .directory = directory.path(),
                   .seed = 1};
  options.trials = 3;
  options.process_trials = 2;
  const auto result = RunPowerCuts(options);
  if (absl::IsUnimplemented(result.status())) {
    EXPECT_NE(result.status().message(), "") << "it must say why";
    return;
  }
  ROWHOUSE_ASSERT_OK(result.status());
  EXPECT_EQ(result->trials, 3);
  EXPECT_GT(result->verdict.acked, 20u);
  EXPECT_EQ(result->verdict.lost, 0u);
  EXPECT_EQ(result->verdict.doubled, 0u);
  EXPECT_EQ(result->verdict.unequal_rows, 0u);
  EXPECT_GT(result->process_level_lost, 0u) << "the test is blind";
  EXPECT_EQ(result->process_level_doubled, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
