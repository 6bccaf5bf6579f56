// A short run of `./dev faults corrupt`.
#include "tests/integration/faults/corrupt.h"

#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

TEST(CorruptTest, DamagedFilesAreRefusedOrHarmless) {
  const TempDir directory;
  CorruptOptions options;
  options.setup = {.server_binary = ROWHOUSE_SERVER_BINARY,
                   .shim = ROWHOUSE_FAULT_SHIM,
                   .directory = directory.path(),
                   .seed = 1};
  options.trials = 40;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CorruptResult result,
                                RunCorruptions(options));
  const std::string notes = absl::StrJoin(result.notes, "\n");
  EXPECT_EQ(result.trials, 40);
  EXPECT_EQ(result.wrong_rows, 0u) << notes;
  EXPECT_EQ(result.crashes, 0) << notes;
  EXPECT_EQ(result.hung, 0) << notes;
  EXPECT_GT(result.refused, 10) << notes;
  EXPECT_GT(result.kinds.size(), 5u);
}

}  // namespace
}  // namespace rowhouse::faults
