#include "tools/dump_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "rowhouse/shard_map.h"
#include "storage/data_dir.h"
#include "storage/disk.h"
#include "storage/row_store.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

class DumpRowTest : public testing::Test {
 protected:
  void SetUp() override { WriteWordsDataDir(dir_.path(), Lsn(5)); }
  TempDir dir_;
};

TEST_F(DumpRowTest, ShowsTheImageAndWhatTheJournalAdds) {
  const ToolRun run = RunTool({"dump", "row", dir_.path(), "words", "7"});
  EXPECT_EQ(run.code, 0) << run.talk;
  EXPECT_THAT(run.data, HasSubstr("table         words\n"
                                  "id            7\n"
                                  "bucket        "));
  EXPECT_THAT(run.data,
              HasSubstr("in row store  yes\n"
                        "LSN           2\n"
                        "weights       0.5 -1.5\n"
                        "slots         0.1 4\n"
                        "\n"
                        "journal LSN  kind  session  sequence  times\n"
                        "          3  push        1         1      2\n"));
}

TEST_F(DumpRowTest, JsonHasTheSame) {
  const auto json = RunForJson({"dump", "row", dir_.path(), "words", "7"});
  EXPECT_EQ(json["incarnation"], "0000000000001234");
  EXPECT_EQ(json["stored"], true);
  EXPECT_EQ(json["lsn"], 2);
  EXPECT_EQ(json["weights"].dump(), "[0.5,-1.5]");
  EXPECT_EQ(json["slots"].dump(), "[0.1,4.0]");
  EXPECT_EQ(json["journal"].dump(),
            R"([{"lsn":3,"kind":"push","session":1,"sequence":1,"times":2}])");
}

TEST_F(DumpRowTest, ARowMayBeInTheJournalOnly) {
  const auto json = RunForJson({"dump", "row", dir_.path(), "words", "9"});
  EXPECT_EQ(json["stored"], false);
  EXPECT_FALSE(json.contains("weights"));
  ASSERT_EQ(json["journal"].size(), 2u);
  EXPECT_EQ(json["journal"][0]["lsn"], 2);
  EXPECT_EQ(json["journal"][1]["kind"], "write rows");
}

// Its image ends with how many steps of the table it contains.
TEST_F(DumpRowTest, ARowThatMovesAtEveryStep) {
  storage::Disk& disk = storage::PosixDisk();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(storage::DataDirManifest manifest,
                                storage::ReadManifest(disk, dir_.path()));
  const TableSpec spec{.name = "moves", .dim = 1, .optimizer = AdamSpec{}};
  const TableIncarnation incarnation(0x77);
  manifest.tables.push_back({incarnation, spec});
  ROWHOUSE_ASSERT_OK(storage::WriteManifest(disk, dir_.path(), manifest));
  std::vector<float> values = {0.5f, 1, 2};
  const std::uint64_t steps = 300;
  values.resize(values.size() + storage::kStepCountFloats);
  std::memcpy(&values[3], &steps, sizeof(steps));
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const auto rows,
        storage::OpenRocksDbRowStore({.path = dir_.File("rows")}));
    ROWHOUSE_ASSERT_OK(rows->CreateTable(incarnation));
    const BucketFunction bucket(spec.name, spec.placement);
    ROWHOUSE_ASSERT_OK(rows->Write(
        incarnation,
        {{.bucket = bucket(4), .id = 4, .lsn = Lsn(2), .values = values}}));
    ROWHOUSE_ASSERT_OK(rows->Flush(incarnation));
  }
  const auto json = RunForJson({"dump", "row", dir_.path(), "moves", "4"});
  EXPECT_EQ(json["weights"].dump(), "[0.5]");
  EXPECT_EQ(json["slots"].dump(), "[1.0,2.0]");
  EXPECT_EQ(json["steps"], 300);
  EXPECT_THAT(RunTool({"dump", "row", dir_.path(), "moves", "4"}).data,
              HasSubstr("slots         1 2\nsteps         300\n"));
}

TEST_F(DumpRowTest, WhatNobodyKnowsIsAFailure) {
  const ToolRun row = RunTool({"dump", "row", dir_.path(), "words", "8"});
  EXPECT_EQ(row.code, 1);
  EXPECT_EQ(row.data, "");
  EXPECT_THAT(row.talk, HasSubstr("table 'words', id 8: nothing is stored"));
  const ToolRun table = RunTool({"dump", "row", dir_.path(), "wordz", "7"});
  EXPECT_EQ(table.code, 1);
  EXPECT_THAT(table.talk, HasSubstr("no table 'wordz' among 1"));
}

TEST_F(DumpRowTest, ADamagedJournalDoesNotHideTheRow) {
  DamageFile(dir_.File("journal/0000000000000001.journal"), 280);
  const ToolRun run = RunTool({"dump", "row", dir_.path(), "words", "7"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.data, HasSubstr("weights       0.5 -1.5\n"));
  EXPECT_THAT(run.talk, HasSubstr(".journal offset 272: "));
}

TEST_F(DumpRowTest, OfACheckpointPart) {
  const std::string part = WriteWordsCheckpoint(dir_.path(), "monday");
  const auto json = RunForJson({"dump", "row", part, "words", "7"});
  EXPECT_EQ(json["weights"].dump(), "[0.5,-1.5]");
  EXPECT_FALSE(json.contains("journal"));
  const ToolRun whole =
      RunTool({"dump", "row", dir_.File("monday"), "words", "7"});
  EXPECT_EQ(whole.code, 1);
  EXPECT_THAT(whole.talk, HasSubstr("name one of its shard-... parts"));
}

TEST_F(DumpRowTest, ADirectoryInUseIsNotDisturbed) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto lock,
                                storage::PosixDisk().Lock(dir_.File("LOCK")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto rows,
      storage::OpenRocksDbRowStore({.path = dir_.File("rows")}));
  const std::string before = Snapshot(dir_.path());
  EXPECT_EQ(RunTool({"dump", "row", dir_.path(), "words", "7"}).code, 0);
  EXPECT_EQ(Snapshot(dir_.path()), before);
  ROWHOUSE_EXPECT_OK(rows->Flush(kWordsIncarnation));
}

}  // namespace
}  // namespace rowhouse::tools
