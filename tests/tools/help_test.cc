#include "tools/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/version.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

TEST(HelpTest, NamesEveryVerbWithItsArgumentsAndEveryExitCode) {
  const ToolRun run = RunTool({"--help"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.talk, "");
  for (const char* line : {"  status ",
                           "  table list ",
                           "  table describe NAME ",
                           "  table create SPEC ",
                           "  table drop NAME ",
                           "  row get TABLE ID... ",
                           "  checkpoint create NAME ",
                           "  checkpoint list ",
                           "  checkpoint restore NAME ",
                           "  dump journal DIR ",
                           "  dump manifest DIR ",
                           "  dump row DIR TABLE ID ",
                           "  columns explain SPEC ",
                           "  columns apply SPEC FEATURES ",
                           "--servers ",
                           "--embedded ",
                           "--timeout ",
                           "--json ",
                           "--version ",
                           "ROWHOUSE_SERVERS"}) {
    EXPECT_THAT(run.data, HasSubstr(line));
  }
  EXPECT_THAT(run.data,
              HasSubstr("Exit codes:\n"
                        "  0  it is done\n"
                        "  1  it failed: refused, not found, damaged\n"
                        "  2  the command line makes no sense\n"
                        "  3  a server did not answer before the timeout\n"
                        "  4  status: a shard is not serving, or does not "
                        "answer while another "
                        "does\n"));
  EXPECT_THAT(run.data, Not(HasSubstr("servers-of-environment")));
}

TEST(HelpTest, AVerbHasItsOwn) {
  const ToolRun run = RunTool({"table", "drop", "--help"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.data, HasSubstr("rowhouse table drop [OPTIONS] NAME"));
  EXPECT_THAT(run.data, HasSubstr("--yes"));
  EXPECT_THAT(RunTool({"table", "--help"}).data, HasSubstr("describe NAME"));
}

TEST(HelpTest, VersionHasCommitAndFormats) {
  const ToolRun run = RunTool({"--version"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.data, testing::StartsWith(
                            absl::StrCat("rowhouse ", Version(), " (commit ")));
  EXPECT_THAT(run.data, HasSubstr("\ndata directory format 1\n"));
  EXPECT_THAT(run.data, HasSubstr("\njournal format 1\n"));
}

}  // namespace
}  // namespace rowhouse::tools
