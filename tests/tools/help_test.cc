#include "tools/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/spec_json.h"
#include "base/version.h"
#include "rowhouse/table_spec.h"
#include "tests/testing/status_matchers.h"
#include "tests/tools/run_tool.h"
#include "tools/feature_batch.h"

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

// What concerns every verb stood below the help of each.
TEST(HelpTest, AVerbDoesNotRepeatTheTextOfAll) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"status", "--help"},
        {"table", "--help"},
        {"checkpoint", "create", "--help"},
        {"columns", "apply", "--help"}}) {
    const ToolRun run = RunTool(words);
    EXPECT_EQ(run.code, 0);
    EXPECT_THAT(run.data, Not(HasSubstr("Exit codes:\n"))) << words[0];
    EXPECT_THAT(run.data, HasSubstr("rowhouse --help has the flags of every"))
        << words[0];
  }
}

TEST(HelpTest, TableCreateHasEveryKeyAndOptimizerAndAnExampleThatIsTaken) {
  const std::string help = RunTool({"table", "create", "--help"}).data;
  const auto keys =
      nlohmann::json::parse(TableSpecToJson({.name = "t", .dim = 1}));
  for (const auto& item : keys.items()) {
    EXPECT_THAT(help, HasSubstr("\n  " + item.key() + " "));
  }
  EXPECT_THAT(help, HasSubstr("\n  update "));
  for (const absl::string_view type : TypeNames(OptimizerSpec())) {
    EXPECT_THAT(help,
                testing::ContainsRegex(absl::StrCat("[ \"]", type, "[,\" ]")));
  }
  const std::size_t begin = help.find("create '{") + 8;
  TableSpec spec;
  ROWHOUSE_EXPECT_OK(
      TableSpecFromJson(help.substr(begin, help.find("}'") + 1 - begin), spec));
  EXPECT_EQ(spec.rows, 1000u);
}

// The features of --help, as a file.
TEST(HelpTest, ColumnsApplyHasFeaturesThatAreTaken) {
  const std::string help = RunTool({"columns", "apply", "--help"}).data;
  const std::size_t begin = help.find("{\"day\":");
  const auto json = TensorJson::parse(
      help.substr(begin, help.find("}}}") + 3 - begin), nullptr, false);
  ROWHOUSE_EXPECT_OK(FeatureBatch::Read(json).status());
  EXPECT_EQ(json.size(), 3u);
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
