// Short runs of the three parts of `./dev faults disk`.
#include <gtest/gtest.h>

#include "tests/integration/faults/full_disk.h"
#include "tests/integration/faults/slow_disk.h"
#include "tests/integration/faults/sync_errors.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

Setup SetupIn(const TempDir& directory) {
  return {.server_binary = ROWHOUSE_SERVER_BINARY,
          .shim = ROWHOUSE_FAULT_SHIM,
          .directory = directory.path(),
          .seed = 1};
}

TEST(DiskTest, AFullDiskRefusesPushesAndNothingElse) {
  const TempDir directory;
  const auto result = RunFullDisk({.setup = SetupIn(directory), .cycles = 3});
  if (absl::IsUnimplemented(result.status())) {
    EXPECT_NE(result.status().message(), "") << "it must say why";
    return;
  }
  ROWHOUSE_ASSERT_OK(result.status());
  EXPECT_EQ(result->resumed, 3);
  EXPECT_GT(result->rejected, 0u);
  EXPECT_GT(result->lookups, 10u);
  EXPECT_EQ(result->lookups_failed, 0u);
  EXPECT_EQ(result->lost, 0u);
  EXPECT_EQ(result->doubled, 0u);
}

TEST(DiskTest, ASlowDiskSlowsPushesDownAndLosesNone) {
  const TempDir directory;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SlowDiskResult result,
      RunSlowDisk({.setup = SetupIn(directory),
                   .cycles = 2,
                   .slow_for = absl::Milliseconds(500)}));
  EXPECT_EQ(result.cycles, 2);
  EXPECT_GT(result.verdict.acked, 20u);
  EXPECT_EQ(result.verdict.lost, 0u);
  EXPECT_EQ(result.verdict.doubled, 0u);
  EXPECT_EQ(result.verdict.unequal_rows, 0u);
}

TEST(DiskTest, AFailedSyncStopsTheServerAndLosesNothingAcknowledged) {
  const TempDir directory;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SyncErrorResult result,
      RunSyncErrors({.setup = SetupIn(directory), .trials = 6}));
  EXPECT_EQ(result.trials, 6);
  EXPECT_GT(result.of_journal, 0);
  EXPECT_EQ(result.stopped, result.of_journal);
  EXPECT_GT(result.restarted, 0);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_GT(result.verdict.acked, 20u);
  EXPECT_EQ(result.verdict.lost, 0u);
  EXPECT_EQ(result.verdict.doubled, 0u);
  EXPECT_EQ(result.verdict.unequal_rows, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
