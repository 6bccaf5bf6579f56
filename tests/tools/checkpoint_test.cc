#include "tools/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CheckpointTest : public testing::Test {
 protected:
  ToolRun Tool(std::vector<std::string> words) {
    words.insert(words.begin(), {"--embedded", dir_.File("d")});
    return RunTool(words);
  }
  nlohmann::ordered_json ToolJson(std::vector<std::string> words) {
    words.insert(words.begin(), {"--embedded", dir_.File("d")});
    return RunForJson(words);
  }

  void SetUp() override {
    ASSERT_EQ(Tool({"table", "create", R"({"name": "words", "dim": 2})"}).code,
              0);
  }

  TempDir dir_;
};

TEST_F(CheckpointTest, CreateIsSeenByList) {
  const auto created = ToolJson({"checkpoint", "create", "monday"});
  EXPECT_EQ(created["name"], "monday");
  EXPECT_EQ(created["shards"], 1);
  EXPECT_EQ(created["rows"], 0);
  EXPECT_EQ(ToolJson({"checkpoint", "list"})["checkpoints"],
            nlohmann::ordered_json({created}));
  const std::string text = Tool({"checkpoint", "list"}).data;
  EXPECT_THAT(text, testing::StartsWith("name    created "));
  EXPECT_THAT(text, HasSubstr("\nmonday  20"));
}

TEST_F(CheckpointTest, NamesAreCheckedAndTakenOnce) {
  EXPECT_EQ(Tool({"checkpoint", "create", "../monday"}).code, 1);
  ASSERT_EQ(Tool({"checkpoint", "create", "monday"}).code, 0);
  const ToolRun again = Tool({"checkpoint", "create", "monday"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.talk, HasSubstr("ALREADY_EXISTS"));
}

TEST_F(CheckpointTest, RestoreReplacesOnlyWhenTold) {
  ASSERT_EQ(Tool({"checkpoint", "create", "monday"}).code, 0);
  ASSERT_EQ(Tool({"table", "create", R"({"name": "later", "dim": 1})"}).code,
            0);

  const ToolRun refused = Tool({"checkpoint", "restore", "monday"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.talk, HasSubstr("NAME --replace --yes"));
  EXPECT_EQ(Tool({"checkpoint", "restore", "monday", "--replace"}).code, 2);
  EXPECT_EQ(Tool({"table", "describe", "later"}).code, 0);

  const auto restored =
      ToolJson({"checkpoint", "restore", "monday", "--replace", "--yes"});
  EXPECT_EQ(restored["restored"], "monday");
  EXPECT_EQ(Tool({"table", "describe", "later"}).code, 1);
  EXPECT_EQ(Tool({"table", "describe", "words"}).code, 0);
}

TEST_F(CheckpointTest, RestoreOfWhatIsNotThereChangesNothing) {
  const ToolRun run =
      Tool({"checkpoint", "restore", "sunday", "--replace", "--yes"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.talk, HasSubstr("sunday"));
  EXPECT_EQ(Tool({"table", "describe", "words"}).code, 0);
}

TEST_F(CheckpointTest, OneIsNamedByTheTimeAndOldOnesGo) {
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_EQ(Tool({"checkpoint", "create", name}).code, 0);
  }
  const auto created = ToolJson({"checkpoint", "create", "--keep", "2"});
  EXPECT_THAT(created["name"].get<std::string>(),
              testing::MatchesRegex("20[0-9]{6}-[0-9]{6}\\.[0-9]{3}Z"));
  EXPECT_EQ(created["deleted"], nlohmann::ordered_json({"b", "a"}));
  EXPECT_EQ(Tool({"checkpoint", "prune", "--keep", "1"}).code, 2);
  const auto none = ToolJson({"checkpoint", "prune", "--keep", "2", "--yes"});
  EXPECT_EQ(none["deleted"], nlohmann::ordered_json::array());
  const ToolRun pruned = Tool({"checkpoint", "prune", "--keep", "1", "--yes"});
  EXPECT_EQ(pruned.talk, "1 checkpoint is deleted\n");
  const ToolRun all = Tool({"checkpoint", "prune", "--keep", "0", "--yes"});
  EXPECT_EQ(all.code, 2);
  EXPECT_THAT(all.talk, HasSubstr("0 would delete every checkpoint"));
  EXPECT_EQ(ToolJson({"checkpoint", "list"})["checkpoints"].size(), 1u);
}

TEST_F(CheckpointTest, ARestoreThatFindsDamageFirstChangesNothing) {
  ASSERT_EQ(Tool({"checkpoint", "create", "monday"}).code, 0);
  std::filesystem::remove(dir_.File("d") +
                          "/checkpoints/monday/shard-00000-of-00001/MANIFEST");
  const ToolRun run =
      Tool({"checkpoint", "restore", "monday", "--replace", "--yes"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.talk, HasSubstr("failed and changed nothing: "));
  EXPECT_EQ(Tool({"table", "describe", "words"}).code, 0);
}

// A copy under another name, and a manifest that is none.
TEST_F(CheckpointTest, ADamagedNeighbourDisablesNoCheckpoint) {
  const auto good = ToolJson({"checkpoint", "create", "good"});
  const std::filesystem::path root = dir_.File("d") + "/checkpoints";
  std::filesystem::copy(root / "good", root / "copy",
                        std::filesystem::copy_options::recursive);
  std::filesystem::create_directory(root / "zz");
  std::ofstream(root / "zz" / "MANIFEST") << "junk\n";

  const ToolRun list = Tool({"checkpoint", "list"});
  EXPECT_EQ(list.code, 0);
  EXPECT_THAT(list.data, HasSubstr("\ngood "));
  EXPECT_THAT(list.talk,
              AllOf(HasSubstr("checkpoint copy cannot be read: DATA_LOSS: "),
                    HasSubstr("`rowhouse checkpoint delete zz --yes`")));
  const auto json = ToolJson({"checkpoint", "list"});
  EXPECT_EQ(json["checkpoints"], nlohmann::ordered_json({good}));
  ASSERT_EQ(json["unreadable"].size(), 2u);
  EXPECT_EQ(json["unreadable"][0]["name"], "copy");
  EXPECT_THAT(json["unreadable"][1]["error"].get<std::string>(),
              HasSubstr("zz/MANIFEST"));

  EXPECT_EQ(Tool({"checkpoint", "restore", "zz", "--replace", "--yes"}).code,
            1);
  for (const std::string& name :
       {std::string("good"), "@" + good["snapshot_epoch"].dump()}) {
    EXPECT_EQ(Tool({"checkpoint", "restore", name, "--replace", "--yes"}).code,
              0)
        << name;
  }
  EXPECT_EQ(Tool({"checkpoint", "create", "later", "--keep", "1"}).code, 0);
  const ToolRun prune = Tool({"checkpoint", "prune", "--keep", "1", "--yes"});
  EXPECT_EQ(prune.code, 0);
  EXPECT_THAT(prune.talk, HasSubstr("checkpoint zz cannot be read"));
  EXPECT_TRUE(std::filesystem::exists(root / "copy" / "MANIFEST"));
  EXPECT_FALSE(std::filesystem::exists(root / "good"));
  for (const char* name : {"copy", "zz"}) {
    EXPECT_EQ(Tool({"checkpoint", "delete", name, "--yes"}).code, 0) << name;
  }
  EXPECT_EQ(Tool({"checkpoint", "list"}).talk, "");
}

TEST_F(CheckpointTest, OneIsDeletedWhenItIsMeant) {
  ASSERT_EQ(Tool({"checkpoint", "create", "monday"}).code, 0);
  EXPECT_EQ(Tool({"checkpoint", "delete", "monday"}).code, 2);
  EXPECT_EQ(ToolJson({"checkpoint", "delete", "monday", "--yes"})["deleted"],
            "monday");
  EXPECT_EQ(Tool({"checkpoint", "delete", "monday", "--yes"}).code, 1);
}

TEST_F(CheckpointTest, ARestoreMayNameTheEpoch) {
  const auto first = ToolJson({"checkpoint", "create", "monday"});
  const auto second = ToolJson({"checkpoint", "create", "tuesday"});
  EXPECT_EQ(second["snapshot_epoch"].get<int>(),
            first["snapshot_epoch"].get<int>() + 1);
  const std::string epoch = first["snapshot_epoch"].dump();
  EXPECT_EQ(ToolJson({"checkpoint", "restore", "@" + epoch, "--replace",
                      "--yes"})["restored"],
            "monday");
  const ToolRun none =
      Tool({"checkpoint", "restore", "@77", "--replace", "--yes"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.talk, HasSubstr("0 checkpoints of epoch 77 among 2"));
  EXPECT_EQ(Tool({"checkpoint", "restore"}).code, 2);
  // None of them is the first epoch, 0.
  for (const char* text : {"@latest", "@", "@-1", "@18446744073709551616"}) {
    const ToolRun run =
        Tool({"checkpoint", "restore", text, "--replace", "--yes"});
    EXPECT_EQ(run.code, 2) << text;
    EXPECT_THAT(run.talk, HasSubstr("is not a decimal number")) << text;
  }
}

}  // namespace
}  // namespace rowhouse::tools
