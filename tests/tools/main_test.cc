// What a script sees of the whole program, whatever the verb.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

constexpr char kWords[] = R"({"name": "words", "dim": 2})";

TEST(MainTest, DataAndTalkAreApart) {
  const TempDir dir;
  const ToolRun made =
      RunTool({"--embedded", dir.path(), "table", "create", kWords});
  EXPECT_EQ(made.code, 0);
  EXPECT_EQ(made.data, "");
  EXPECT_EQ(made.talk, "table words is made\n");
  const ToolRun status = RunTool({"--embedded", dir.path(), "status"});
  EXPECT_EQ(status.code, 0);
  EXPECT_EQ(status.talk, "");
}

TEST(MainTest, FailureIsOneAndSaysWhy) {
  const ToolRun run = RunTool({"--embedded", "/nowhere", "status"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.data, "");
  EXPECT_THAT(run.talk, testing::StartsWith("rowhouse: NOT_FOUND: /nowhere"));
}

TEST(MainTest, UsageIsTwo) {
  EXPECT_EQ(RunTool({}).code, 2);
  EXPECT_EQ(RunTool({"status", "--nonsense"}).code, 2);
}

TEST(MainTest, UnreachableIsThree) {
  const TempDir dir;
  const ToolRun run = RunTool({"--servers", "unix:" + dir.File("socket"),
                               "--timeout", "0.2", "table", "list"});
  EXPECT_EQ(run.code, 3);
  EXPECT_EQ(run.data, "");
  EXPECT_THAT(run.talk, HasSubstr("rowhouse: UNAVAILABLE: "));
}

TEST(MainTest, DataThatCannotBeWrittenIsAFailure) {
  const ToolRun run = RunTool({"--help"}, {.data_path = "/dev/full"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.talk, HasSubstr("standard output cannot be written"));
}

TEST(MainTest, ProgressIsForTerminalsOnly) {
  const TempDir dir;
  ASSERT_EQ(RunTool({"--embedded", dir.path(), "table", "create", kWords}).code,
            0);
  const ToolRun seen =
      RunTool({"--embedded", dir.path(), "checkpoint", "create", "seen"},
              {.terminal = true});
  EXPECT_EQ(seen.code, 0);
  EXPECT_THAT(seen.talk, HasSubstr("making checkpoint seen ... 0 s"));
  const ToolRun unseen =
      RunTool({"--embedded", dir.path(), "checkpoint", "create", "unseen"});
  EXPECT_EQ(unseen.code, 0);
  EXPECT_EQ(unseen.talk, "checkpoint unseen is made\n");
}

}  // namespace
}  // namespace rowhouse::tools
