#include "tools/dump_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

TEST(DumpManifestTest, OfACheckpoint) {
  const TempDir dir;
  WriteWordsCheckpoint(dir.path(), "monday");
  const auto json = RunForJson({"dump", "manifest", dir.File("monday")});
  EXPECT_EQ(json["kind"], "checkpoint");
  EXPECT_EQ(json["name"], "monday");
  EXPECT_EQ(json["created"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(json["snapshot_epoch"], 6);
  EXPECT_EQ(json["rows"], 1);
  ASSERT_EQ(json["parts"].size(), 1u);
  EXPECT_EQ(json["parts"][0]["manifest_sha256"].get<std::string>().size(), 64u);
  const ToolRun text = RunTool({"dump", "manifest", dir.File("monday")});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.data, HasSubstr("checkpoint      monday\n"));
  EXPECT_THAT(text.data, HasSubstr("\nsnapshot epoch  6\n"));
}

TEST(DumpManifestTest, OfAPart) {
  const TempDir dir;
  const std::string part = WriteWordsCheckpoint(dir.path(), "monday");
  const auto json = RunForJson({"dump", "manifest", part});
  EXPECT_EQ(json["kind"], "checkpoint part");
  EXPECT_EQ(json["data_incarnation"], "000000000000abcd");
  EXPECT_EQ(json["cut_lsn"], 2);
  ASSERT_EQ(json["tables"].size(), 1u);
  EXPECT_EQ(json["tables"][0]["spec"]["name"], "words");
  EXPECT_EQ(json["tables"][0]["rows"], 1);
  ASSERT_FALSE(json["files"].empty());
  EXPECT_EQ(json["files"][0]["sha256"].get<std::string>().size(), 64u);
  const ToolRun text = RunTool({"dump", "manifest", part});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.data, HasSubstr("cut LSN          2\n"));
  EXPECT_THAT(text.data,
              HasSubstr("words  0000000000001234    2     1  adagrad"));
  EXPECT_THAT(text.data, HasSubstr("rows/CURRENT"));
}

TEST(DumpManifestTest, FailuresNameTheFile) {
  const TempDir dir;
  const ToolRun missing = RunTool({"dump", "manifest", dir.path()});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.talk, HasSubstr(dir.File("MANIFEST")));
  WriteWordsDataDir(dir.File("d"), Lsn(5));
  DamageFile(dir.File("d/MANIFEST"), 40);
  const ToolRun damaged = RunTool({"dump", "manifest", dir.File("d")});
  EXPECT_EQ(damaged.code, 1);
  EXPECT_EQ(damaged.data, "");
  EXPECT_THAT(damaged.talk, HasSubstr(dir.File("d/MANIFEST")));
}

}  // namespace
}  // namespace rowhouse::tools
