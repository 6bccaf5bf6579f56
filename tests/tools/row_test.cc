#include "tools/row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rowhouse/client.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

// A shard with row 7 of "words": LSN 1 opened the session, LSN 2 wrote it.
class RowTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client client, Client::Connect("embedded:" + dir_.File("d")));
    ROWHOUSE_ASSERT_OK(client.CreateTable(WordsSpec()));
    const std::vector<std::uint64_t> ids = {7};
    const std::vector<float> weights = {0.1f, -2};
    const std::vector<float> slots = {3, 0.25f};
    ROWHOUSE_ASSERT_OK(client.WriteRows("words", ids, weights, slots));
  }

  TempDir dir_;
};

TEST_F(RowTest, ShowsStoredRowsAndFirstValues) {
  const ToolRun run =
      RunTool({"--embedded", dir_.File("d"), "row", "get", "words", "42", "7"});
  EXPECT_EQ(run.code, 0) << run.talk;
  EXPECT_EQ(run.data,
            "id  stored  LSN  weights  slots\n"
            "42  no        0  0 0      0.1 0.1\n"
            " 7  yes       2  0.1 -2   3 0.25\n");
}

TEST_F(RowTest, JsonHasTheSame) {
  const auto json = RunForJson(
      {"--embedded", dir_.File("d"), "row", "get", "words", "7", "42"});
  EXPECT_EQ(json.dump(), R"({"table":"words","dim":2,"slot_floats":2,"rows":[)"
                         R"({"id":7,"stored":true,"lsn":2,)"
                         R"("weights":[0.1,-2.0],"slots":[3.0,0.25]},)"
                         R"({"id":42,"stored":false,"lsn":0,)"
                         R"("weights":[0.0,0.0],"slots":[0.1,0.1]}]})");
}

TEST_F(RowTest, AnUnknownTableIsAFailure) {
  const ToolRun run =
      RunTool({"--embedded", dir_.File("d"), "row", "get", "wordz", "7"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.talk, HasSubstr("wordz"));
}

}  // namespace
}  // namespace rowhouse::tools
