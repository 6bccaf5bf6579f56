#include "tools/checkpoint_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "rowhouse/client.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

// An embedded shard with a checkpoint "c" of 100 rows.
class CheckpointVerifyTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string data = dir_.File("d");
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client,
                                  Client::Connect("embedded:" + data));
    TableSpec spec;
    spec.name = "words";
    spec.dim = 2;
    ROWHOUSE_ASSERT_OK(client.CreateTable(spec));
    std::vector<std::uint64_t> ids(100);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
    const std::vector<float> weights(200, 0.5f);
    ROWHOUSE_ASSERT_OK(client.WriteRows("words", ids, weights, {}));
    ROWHOUSE_ASSERT_OK(client.CreateCheckpoint("c"));
    checkpoint_ = data + "/checkpoints/c";
  }

  TempDir dir_;
  std::string checkpoint_;
};

TEST_F(CheckpointVerifyTest, OneThatIsWholeIsProvenWithoutAServer) {
  const auto json = RunForJson({"checkpoint", "verify", checkpoint_});
  EXPECT_EQ(json["verified"], "c");
  EXPECT_EQ(json["shards"], 1);
  EXPECT_EQ(json["tables"], 1);
  EXPECT_EQ(json["rows"], 100);
  const ToolRun text = RunTool({"checkpoint", "verify", checkpoint_ + "/"});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.talk, HasSubstr("checkpoint c can be restored"));
  EXPECT_THAT(text.data, HasSubstr("rows copied"));
  // It may be looked at again: nothing was written.
  EXPECT_EQ(RunTool({"checkpoint", "verify", checkpoint_}).code, 0);
}

TEST_F(CheckpointVerifyTest, EveryDamagedFileIsNamed) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(checkpoint_)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    ++files;
    DamageFile(entry.path(), entry.file_size() / 2);
    const ToolRun run = RunTool({"checkpoint", "verify", checkpoint_});
    EXPECT_EQ(run.code, 1) << entry.path();
    EXPECT_THAT(run.talk, HasSubstr("DATA_LOSS"));
    EXPECT_THAT(run.talk, HasSubstr(entry.path().filename().string()));
    DamageFile(entry.path(), entry.file_size() / 2);  // back
  }
  EXPECT_GT(files, 6);
  EXPECT_EQ(RunTool({"checkpoint", "verify", checkpoint_}).code, 0);
}

TEST_F(CheckpointVerifyTest, WhatIsNoCheckpointSaysSo) {
  EXPECT_EQ(RunTool({"checkpoint", "verify", dir_.File("none")}).code, 1);
  const ToolRun data = RunTool({"checkpoint", "verify", dir_.File("d")});
  EXPECT_EQ(data.code, 1);
  EXPECT_THAT(data.talk, HasSubstr("is no checkpoint's directory"));
}

}  // namespace
}  // namespace rowhouse::tools
