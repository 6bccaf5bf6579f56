#include "tools/dump_data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

class DumpDataDirTest : public testing::Test {
 protected:
  void SetUp() override { WriteWordsDataDir(dir_.path(), Lsn(5)); }
  TempDir dir_;
};

TEST_F(DumpDataDirTest, TextHasTablesAndSessions) {
  const ToolRun run = RunTool({"dump", "manifest", dir_.path()});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(
      run.data,
      absl::StrCat(
          "data directory  ", dir_.path(),
          "\n"
          "incarnation     000000000000abcd\n"
          "shard           1 of 4\n"
          "last restore    never\n"
          "restoring       no\n"
          "synced LSN      5\n"
          "sessions' LSN   3\n"
          "last session    1\n"
          "\n"
          "table  incarnation       dim  flushed LSN  optimizer\n"
          "words  0000000000001234    2            2  adagrad, learning_rate "
          "0.1, initial_accumulator 0.1, epsilon 0.0, generation tf1\n"
          "\n"
          "session  lowest  next  last LSN  epoch  done\n"
          "      1       1     2         3      6     1\n"));
}

TEST_F(DumpDataDirTest, ARestoreSaysFromWhichCheckpoint) {
  storage::DataDirManifest manifest = WordsManifest();
  manifest.restore_id = 0x63;
  manifest.restored_from = "monday";
  ROWHOUSE_ASSERT_OK(
      storage::WriteManifest(storage::PosixDisk(), dir_.path(), manifest));
  EXPECT_THAT(RunTool({"dump", "manifest", dir_.path()}).data,
              HasSubstr("last restore    0000000000000063 from monday\n"));
  const auto json = RunForJson({"dump", "manifest", dir_.path()});
  EXPECT_EQ(json["restore_id"], "0000000000000063");
  EXPECT_EQ(json["restored_from"], "monday");
}

TEST_F(DumpDataDirTest, JsonHasEveryField) {
  const auto json = RunForJson({"dump", "manifest", dir_.path()});
  EXPECT_EQ(json["kind"], "data directory");
  EXPECT_EQ(json["incarnation"], "000000000000abcd");
  EXPECT_EQ(json["shard_index"], 1);
  EXPECT_EQ(json["shard_count"], 4);
  EXPECT_EQ(json["restoring"], false);
  EXPECT_EQ(json["tables"][0]["spec"]["dim"], 2);
  EXPECT_EQ(json["watermarks"].dump(),
            R"({"durable_lsn":5,"sessions_lsn":3,"last_session_number":1,)"
            R"("tables":[{"incarnation":"0000000000001234","lsn":2}],)"
            R"("sessions":[{"number":1,"lowest":1,"highest_plus_one":2,)"
            R"("last_lsn":3,"snapshot_epoch":6,"done":[1]}]})");
}

TEST_F(DumpDataDirTest, ANewDirectoryHasNoWatermarks) {
  ASSERT_TRUE(storage::PosixDisk().Remove(dir_.File("WATERMARKS")).ok());
  const auto json = RunForJson({"dump", "manifest", dir_.path()});
  EXPECT_TRUE(json["watermarks"].is_null());
  EXPECT_THAT(RunTool({"dump", "manifest", dir_.path()}).data,
              Not(HasSubstr("synced LSN")));
}

TEST_F(DumpDataDirTest, DamagedWatermarksDoNotHideTheManifest) {
  DamageFile(dir_.File("WATERMARKS"), 30);
  const ToolRun run = RunTool({"dump", "manifest", dir_.path()});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.data, HasSubstr("shard           1 of 4\n"));
  EXPECT_THAT(run.talk, HasSubstr(dir_.File("WATERMARKS")));
}

}  // namespace
}  // namespace rowhouse::tools
