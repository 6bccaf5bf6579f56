// A short run of `./dev faults restore`.
#include "tests/integration/faults/restore.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(RestoreTest, RowsAreEqualOnAnyCountAndOldPushesRefused) {
  const TempDir directory;
  RestoreOptions options;
  options.setup = {.server_binary = ROWHOUSE_SERVER_BINARY,
                   .shim = ROWHOUSE_FAULT_SHIM,
                   .directory = directory.path(),
                   .seed = 1};
  options.shards_max = 3;
  options.steps = 20;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const RestoreResult result,
                                RunRestores(options));
  EXPECT_EQ(result.pairs, 9);
  EXPECT_EQ(result.unequal, 0);
  // N sessions of a checkpoint of N, at each of M shards: (1+2+3) x (1+2+3).
  EXPECT_EQ(result.refused, 36u);
  EXPECT_EQ(result.admitted, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
