// A short run of `./dev faults net`.
#include "tests/integration/faults/net.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(NetTest, LostRepliesAndDuplicatesLoseAndDoubleNothing) {
  const TempDir directory;
  NetOptions options;
  options.setup = {.server_binary = ROWHOUSE_SERVER_BINARY,
                   .shim = ROWHOUSE_FAULT_SHIM,
                   .directory = directory.path(),
                   .seed = 1};
  options.pushes = 1500;
  options.writers = 4;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const NetResult result, RunBadNetwork(options));
  EXPECT_GE(result.verdict.acked, 1500u);
  EXPECT_EQ(result.verdict.lost, 0u);
  EXPECT_EQ(result.verdict.doubled, 0u);
  EXPECT_EQ(result.verdict.unequal_rows, 0u);
  EXPECT_GT(result.network.dropped, 150u);
  EXPECT_GT(result.copies.sent, 150u);
  EXPECT_GT(result.copies.known, 0u);
  EXPECT_EQ(result.copies.failed, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
