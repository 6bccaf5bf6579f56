// A short run of the partitions of `./dev faults net`.
#include "tests/integration/faults/partition.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(PartitionTest, NothingIsLostOrDoubledAndClientsComeBackByThemselves) {
  const TempDir directory;
  PartitionOptions options;
  options.setup = {.server_binary = ROWHOUSE_SERVER_BINARY,
                   .shim = ROWHOUSE_FAULT_SHIM,
                   .directory = directory.path(),
                   .seed = 1};
  options.partitions = 5;
  options.longest = absl::Milliseconds(800);
  const auto result = RunPartitions(options);
  if (absl::IsUnimplemented(result.status())) {
    EXPECT_NE(result.status().message(), "") << "it must say why";
    return;
  }
  ROWHOUSE_ASSERT_OK(result.status());
  EXPECT_EQ(result->partitions, 5);
  EXPECT_GT(result->verdict.acked, 50u);
  EXPECT_EQ(result->verdict.lost, 0u);
  EXPECT_EQ(result->verdict.doubled, 0u);
  EXPECT_EQ(result->verdict.unequal_rows, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
