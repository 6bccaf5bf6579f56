#include "tools/connect.h"

#include "storage/disk.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

TEST(ConnectTest, AMisspeltDirectoryIsNotMade) {
  const TempDir dir;
  const Target target{.embedded = dir.File("d")};
  EXPECT_THAT(Connect(target, kQuickTimeout),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(dir.File("d"))));
  EXPECT_THAT(storage::PosixDisk().Exists(dir.File("d")), IsOkAndHolds(false));
  ROWHOUSE_EXPECT_OK(Connect(target, kQuickTimeout, NewDirectory::kMake));
  ROWHOUSE_EXPECT_OK(Connect(target, kQuickTimeout));
}

TEST(ConnectTest, OpensNoSession) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Client client,
      Connect({.embedded = dir.File("d")}, kQuickTimeout, NewDirectory::kMake));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto shards, client.Shards());
  ASSERT_EQ(shards.size(), 1u);
  EXPECT_EQ(shards[0].sessions, 0u);
  EXPECT_EQ(shards[0].last_lsn, 0u);
}

TEST(ConnectTest, AServerThatIsNotThereIsUnavailable) {
  const TempDir dir;
  const Target target{.servers = "unix:" + dir.File("socket"),
                      .timeout = absl::Milliseconds(200)};
  const absl::Status status = Connect(target, kLongTimeout).status();
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("socket")));
  EXPECT_EQ(ExitCodeOf(status, target), ExitCode::kUnreachable);
}

TEST(ConnectTest, OnlyServersAreUnreachable) {
  const Target servers{.servers = "a:1"};
  const Target embedded{.embedded = "d"};
  const Target files;
  const absl::Status unavailable = absl::UnavailableError("");
  EXPECT_EQ(ExitCodeOf(unavailable, servers), ExitCode::kUnreachable);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError(""), servers),
            ExitCode::kUnreachable);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError(""), servers), ExitCode::kFailed);
  EXPECT_EQ(ExitCodeOf(unavailable, embedded), ExitCode::kFailed);
  EXPECT_EQ(ExitCodeOf(unavailable, files), ExitCode::kFailed);
  EXPECT_EQ(ExitCodeOf(absl::OkStatus(), servers), ExitCode::kOk);
}

}  // namespace
}  // namespace rowhouse::tools
