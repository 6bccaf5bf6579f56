#include "tools/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "rowhouse/client.h"
#include "storage/disk.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr char kWords[] =
    R"({"name": "words", "dim": 2, "rows": 100,)"
    R"( "optimizer": {"type": "adagrad", "learning_rate": 0.1}})";

class TableTest : public testing::Test {
 protected:
  ToolRun Table(std::vector<std::string> words) {
    words.insert(words.begin(), {"--embedded", dir_.File("d"), "table"});
    return RunTool(words);
  }
  nlohmann::ordered_json TableJson(std::vector<std::string> words) {
    words.insert(words.begin(), {"--embedded", dir_.File("d"), "table"});
    return RunForJson(words);
  }

  TempDir dir_;
};

TEST_F(TableTest, CreateIsSeenByListAndDescribe) {
  ASSERT_EQ(Table({"create", kWords}).code, 0);
  EXPECT_EQ(
      Table({"list"}).data,
      "name   dim  ids        optimizer  durability  placement  rows  memory\n"
      "words    2  below 100  adagrad    process     hashed        0   768 "
      "B\n");
  const std::string described = Table({"describe", "words"}).data;
  EXPECT_THAT(
      described,
      HasSubstr("\noptimizer    adagrad, learning_rate 0.1,"
                " initial_accumulator 0.1, epsilon 0.0, generation tf1\n"));
  EXPECT_THAT(described, HasSubstr("\nupdate       none\n"));
  EXPECT_THAT(described, HasSubstr("\nrows stored  0\n"));
}

TEST_F(TableTest, WhatStandsAroundTheOptimizerIsDescribed) {
  const std::string spec =
      R"({"name": "w", "dim": 1, "rows": 9, "update": {"regularizer": {"l2": 0.5}}})";
  ASSERT_EQ(Table({"create", spec}).code, 0);
  EXPECT_THAT(Table({"describe", "w"}).data,
              ContainsRegex("\nupdate +regularizer \\{.*\"l2\":0.5.*\\}\n"));
}

TEST_F(TableTest, JsonOfAllVerbs) {
  const auto created = TableJson({"create", kWords});
  EXPECT_EQ(created["spec"]["dim"], 2);
  EXPECT_EQ(created["incarnation"].get<std::string>().size(), 16u);
  EXPECT_EQ(TableJson({"describe", "words"}), created);
  EXPECT_EQ(TableJson({"list"})["tables"], nlohmann::ordered_json({created}));
  EXPECT_EQ(TableJson({"drop", "words", "--yes"})["dropped"], "words");
  EXPECT_EQ(TableJson({"list"})["tables"], nlohmann::ordered_json::array());
}

TEST_F(TableTest, WhatDescribePrintsCreateTakes) {
  auto spec = TableJson({"create", kWords})["spec"];
  spec["name"] = "more words";
  std::ofstream(dir_.File("spec.json")) << spec.dump(2);
  const auto again = TableJson({"create", "@" + dir_.File("spec.json")});
  EXPECT_EQ(again["spec"], spec);
}

TEST_F(TableTest, AnEqualTableIsFineAnotherIsNot) {
  EXPECT_EQ(Table({"create", kWords}).talk, "table words is made\n");
  const ToolRun again = Table({"create", kWords});
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.talk, "table words was there, with this spec\n");
  const ToolRun other = Table({"create", R"({"name": "words", "dim": 3})"});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.talk, HasSubstr("ALREADY_EXISTS"));
  EXPECT_EQ(TableJson({"describe", "words"})["spec"]["dim"], 2);
}

TEST_F(TableTest, ASpecThatMakesNoSenseIsUsage) {
  const ToolRun broken = Table({"create", "{\"name\": "});
  EXPECT_EQ(broken.code, 2);
  EXPECT_THAT(broken.talk, HasSubstr("not a JSON object: line 1, column 10: "));
  const ToolRun zero = Table({"create", R"({"name": "words", "dim": 0})"});
  EXPECT_EQ(zero.code, 2);
  EXPECT_THAT(zero.talk, HasSubstr("dim 0"));
  // And nothing was made for it.
  EXPECT_THAT(storage::PosixDisk().Exists(dir_.File("d")), IsOkAndHolds(false));
  const ToolRun missing = Table({"create", "@/nowhere/spec.json"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.talk, HasSubstr("/nowhere/spec.json"));
}

// A trainer that starts again had no way to ask.
TEST_F(TableTest, DescribeHasTheStepToGoOnFrom) {
  EXPECT_TRUE(TableJson({"create", kWords})["last_step"].is_null());
  EXPECT_THAT(Table({"describe", "words"}).data,
              HasSubstr("\nlast step    none\n"));
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client client, Client::Connect("embedded:" + dir_.File("d")));
    for (const std::uint64_t step : {7, 3}) {
      FeatureIds feature{.table = "words", .dim = 2};
      feature.batch.ids = {42};
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(LookupResult found,
                                    client.Lookup({feature}));
      const float gradient[] = {1, 1};
      ROWHOUSE_ASSERT_OK(
          client.Push(std::move(found.ticket), {gradient}, {.step = step}));
    }
  }
  EXPECT_EQ(TableJson({"describe", "words"})["last_step"], 7);
  EXPECT_EQ(TableJson({"list"})["tables"][0]["last_step"], 7);
  EXPECT_THAT(Table({"describe", "words"}).data,
              HasSubstr("\nlast step    7\n"));
}

TEST_F(TableTest, UnknownTablesAreFailures) {
  ASSERT_EQ(Table({"create", kWords}).code, 0);
  for (const char* verb : {"describe", "drop"}) {
    std::vector<std::string> words = {verb, "wordz"};
    if (words[0] == "drop") words.push_back("--yes");
    const ToolRun run = Table(words);
    EXPECT_EQ(run.code, 1) << verb;
    EXPECT_EQ(run.data, "");
    EXPECT_THAT(run.talk, HasSubstr("NOT_FOUND")) << verb;
    EXPECT_THAT(run.talk, HasSubstr("wordz")) << verb;
  }
}

TEST_F(TableTest, DropWithoutYesDropsNothing) {
  ASSERT_EQ(Table({"create", kWords}).code, 0);
  EXPECT_EQ(Table({"drop", "words"}).code, 2);
  EXPECT_EQ(Table({"describe", "words"}).code, 0);
  EXPECT_EQ(Table({"drop", "words", "--yes"}).talk, "table words is gone\n");
  EXPECT_EQ(Table({"describe", "words"}).code, 1);
}

}  // namespace
}  // namespace rowhouse::tools
