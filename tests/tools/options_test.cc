#include "tools/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::variant<Options, Notice> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "rowhouse");
  return ParseOptions(static_cast<int>(words.size()), words.data());
}

Options Parsed(std::vector<const char*> words) {
  const auto parsed = Parse(std::move(words));
  const auto* const notice = std::get_if<Notice>(&parsed);
  EXPECT_EQ(notice, nullptr) << notice->talk;
  return notice == nullptr ? std::get<Options>(parsed) : Options{};
}

// What is said on standard error, with exit code 2.
std::string Refusal(std::vector<const char*> words) {
  const auto parsed = Parse(std::move(words));
  const auto* const notice = std::get_if<Notice>(&parsed);
  if (notice == nullptr) return "it parsed";
  EXPECT_EQ(notice->code, ExitCode::kUsage);
  EXPECT_EQ(notice->data, "");
  EXPECT_THAT(notice->talk, HasSubstr("\nrowhouse --help"));
  return notice->talk;
}

TEST(OptionsTest, FlagsMayStandBeforeAndBehindTheVerb) {
  const Options before =
      Parsed({"--servers", "a:1,b:2", "--json", "--timeout", "1.5", "status"});
  EXPECT_EQ(before.target.servers, "a:1,b:2");
  EXPECT_EQ(before.target.timeout, absl::Milliseconds(1500));
  EXPECT_TRUE(before.json);
  EXPECT_TRUE(std::holds_alternative<StatusVerb>(before.verb));
  const Options behind =
      Parsed({"table", "describe", "words", "--json", "--embedded=d"});
  EXPECT_EQ(behind.target.embedded, "d");
  EXPECT_EQ(behind.target.timeout, std::nullopt);
  EXPECT_TRUE(behind.json);
  EXPECT_EQ(std::get<TableDescribeVerb>(behind.verb).name, "words");
}

TEST(OptionsTest, VerbsTakeTheirArguments) {
  EXPECT_TRUE(std::holds_alternative<TableListVerb>(
      Parsed({"--embedded", "d", "table", "list"}).verb));
  EXPECT_EQ(std::get<TableCreateVerb>(
                Parsed({"--embedded", "d", "table", "create", "@f"}).verb)
                .spec,
            "@f");
  EXPECT_EQ(std::get<CheckpointCreateVerb>(
                Parsed({"--embedded", "d", "checkpoint", "create", "c"}).verb)
                .name,
            "c");
  EXPECT_TRUE(std::holds_alternative<CheckpointListVerb>(
      Parsed({"--embedded", "d", "checkpoint", "list"}).verb));
  const auto row =
      std::get<RowGetVerb>(Parsed({"--embedded", "d", "row", "get", "words",
                                   "7", "010", "18446744073709551615"})
                               .verb);
  EXPECT_EQ(row.table, "words");
  EXPECT_THAT(row.ids, ElementsAre(7u, 10u, 18446744073709551615u));
}

TEST(OptionsTest, ATableMayHaveTheNameOfAVerb) {
  const auto row = std::get<RowGetVerb>(
      Parsed({"--embedded", "d", "row", "get", "status", "7"}).verb);
  EXPECT_EQ(row.table, "status");
  EXPECT_EQ(std::get<TableDescribeVerb>(
                Parsed({"--embedded", "d", "table", "describe", "list"}).verb)
                .name,
            "list");
}

TEST(OptionsTest, DumpsNeedNoShards) {
  const Options options =
      Parsed({"dump", "journal", "d", "--limit", "5", "--after", "9"});
  const auto journal = std::get<DumpJournalVerb>(options.verb);
  EXPECT_EQ(journal.directory, "d");
  EXPECT_EQ(journal.limit, 5u);
  EXPECT_EQ(journal.after, Lsn(9));
  EXPECT_EQ(options.target.servers, "");
  EXPECT_EQ(std::get<DumpManifestVerb>(Parsed({"dump", "manifest", "d"}).verb)
                .directory,
            "d");
  const auto row =
      std::get<DumpRowVerb>(Parsed({"dump", "row", "d", "words", "7"}).verb);
  EXPECT_EQ(row.table, "words");
  EXPECT_EQ(row.id, 7u);
}

TEST(OptionsTest, ColumnsNeedNoShards) {
  EXPECT_EQ(
      std::get<ColumnsExplainVerb>(Parsed({"columns", "explain", "spec"}).verb)
          .spec,
      "spec");
  const auto apply = std::get<ColumnsApplyVerb>(
      Parsed({"columns", "apply", "spec", "features"}).verb);
  EXPECT_EQ(apply.spec, "spec");
  EXPECT_EQ(apply.features, "features");
  EXPECT_THAT(Refusal({"columns", "apply", "spec"}),
              HasSubstr("FEATURES is required"));
}

TEST(OptionsTest, WhatIsLostNeedsYes) {
  EXPECT_THAT(Refusal({"--embedded", "d", "table", "drop", "words"}),
              HasSubstr("table drop cannot be undone: add --yes"));
  EXPECT_EQ(
      std::get<TableDropVerb>(
          Parsed({"--embedded", "d", "table", "drop", "words", "--yes"}).verb)
          .name,
      "words");
  EXPECT_THAT(
      Refusal({"--embedded", "d", "checkpoint", "restore", "c", "--replace"}),
      HasSubstr("checkpoint restore --replace cannot be undone: add --yes"));
  EXPECT_FALSE(
      std::get<CheckpointRestoreVerb>(
          Parsed({"--embedded", "d", "checkpoint", "restore", "c"}).verb)
          .replace);
  EXPECT_TRUE(std::get<CheckpointRestoreVerb>(
                  Parsed({"--embedded", "d", "checkpoint", "restore", "c",
                          "--replace", "--yes"})
                      .verb)
                  .replace);
}

TEST(OptionsTest, RefusesWhatMakesNoSense) {
  EXPECT_THAT(Refusal({}), HasSubstr("which verb?"));
  EXPECT_THAT(Refusal({"table"}), HasSubstr("which verb?"));
  EXPECT_THAT(Refusal({"tabel", "list"}),
              HasSubstr("which verb? tabel is none"));
  EXPECT_THAT(Refusal({"table", "lsit"}), HasSubstr("lsit is none"));
  EXPECT_THAT(Refusal({"--embedded", "d", "table", "describe"}),
              HasSubstr("NAME is required"));
  EXPECT_THAT(Refusal({"--embedded", "d", "table", "describe", "a", "b"}),
              HasSubstr("b"));
  EXPECT_THAT(Refusal({"--embedded", "d", "row", "get", "words"}),
              HasSubstr("ID is required"));
  EXPECT_THAT(Refusal({"--embedded", "d", "status", "--jsno"}),
              HasSubstr("--jsno"));
  EXPECT_THAT(Refusal({"--embedded", "d", "--timeout", "0", "status"}),
              HasSubstr("--timeout"));
  EXPECT_THAT(Refusal({"--embedded", "d", "--servers", "a:1", "status"}),
              HasSubstr("exclude each other"));
}

TEST(OptionsTest, AddressesThatAreNoneAreUsageNotFailure) {
  for (const char* servers : {"garbage", "a:1,garbage", "garbage:0"}) {
    EXPECT_THAT(Refusal({"--servers", servers, "status"}),
                HasSubstr("is neither HOST:PORT nor unix:PATH"))
        << servers;
  }
  EXPECT_EQ(RunTool({"--servers", "garbage", "status"}).code, 2);
}

TEST(OptionsTest, IdsAreDecimalAndBelowTwoToThe64) {
  for (const char* id : {"-1", "0x10", "1e3", "18446744073709551616", ""}) {
    EXPECT_THAT(Refusal({"--embedded", "d", "row", "get", "words", id}),
                HasSubstr("is not a decimal number below 2^64"))
        << id;
  }
}

TEST(OptionsTest, TheEnvironmentGivesServersWhenNoFlagDoes) {
  const ToolRun none = RunTool({"status"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.talk, HasSubstr("Give --servers H1:P1,... or --embedded DIR,"
                                   " or set ROWHOUSE_SERVERS"));
  const ToolOptions environment{
      .environment = {"ROWHOUSE_SERVERS=of-environment"}};
  EXPECT_THAT(RunTool({"status"}, environment).talk,
              HasSubstr("'of-environment'"));
  EXPECT_THAT(RunTool({"--servers", "of-flag", "status"}, environment).talk,
              HasSubstr("'of-flag'"));
  EXPECT_THAT(RunTool({"--embedded", "/nowhere", "status"}, environment).talk,
              HasSubstr("/nowhere"));
}

}  // namespace
}  // namespace rowhouse::tools
