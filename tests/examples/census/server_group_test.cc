#include "examples/census/server_group.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::census {
namespace {

using ::testing::HasSubstr;

// A script in place of the server; it is called as the server is.
std::string Script(const TempDir& directory, const std::string& body) {
  const std::string path = directory.path() + "/server.sh";
  std::ofstream(path) << "#!/bin/sh\n" << body;
  EXPECT_EQ(chmod(path.c_str(), 0755), 0);
  return path;
}

TEST(ServerGroup, ReadsAddressesAndStops) {
  TempDir directory;
  // Arguments: --listen A --data-dir D --shard-index I --shard-count N.
  const std::string binary =
      Script(directory,
             "trap 'exit 0' TERM\necho \"listening 127.0.0.1:700$6\"\n"
             "while :; do sleep 0.02; done\n");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      ServerGroup servers, ServerGroup::Start(binary, directory.path(), 2));
  EXPECT_EQ(servers.address(), "127.0.0.1:7000,127.0.0.1:7001");
  ROWHOUSE_EXPECT_OK(servers.Stop());
}

TEST(ServerGroup, ReportsAServerThatDoesNotServe) {
  TempDir directory;
  const std::string binary = Script(directory, "echo oops >&2\nexit 3\n");
  EXPECT_THAT(ServerGroup::Start(binary, directory.path(), 1),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("ended before it served; see " +
                                 directory.path() + "/server-0.log")));
  std::string log;
  std::getline(std::ifstream(directory.path() + "/server-0.log"), log);
  EXPECT_EQ(log, "oops");
}

TEST(ServerGroup, ReportsAServerThatEndsInError) {
  TempDir directory;
  const std::string binary = Script(directory,
                                    "trap 'exit 3' TERM\necho 'listening h:1'\n"
                                    "while :; do sleep 0.02; done\n");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      ServerGroup servers, ServerGroup::Start(binary, directory.path(), 1));
  EXPECT_THAT(servers.Stop(), StatusIs(absl::StatusCode::kInternal,
                                       HasSubstr("server at h:1 ended")));
}

TEST(ServerGroup, ReportsABinaryThatIsNotThere) {
  TempDir directory;
  EXPECT_THAT(
      ServerGroup::Start("/nowhere/server", directory.path(), 1),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/nowhere/server")));
}

}  // namespace
}  // namespace rowhouse::census
