#include "tools/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "storage/data_dir.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

std::vector<ShardSummary> TwoShards() {
  ShardSummary serving;
  serving.address = "10.0.0.1:7070";
  serving.version = "0.1.0";
  serving.state = "serving";
  serving.shard_count = 2;
  serving.tables = 3;
  serving.rows_stored = 1234567;
  serving.memory_bytes = 3u << 20;
  serving.last_lsn = 900;
  serving.synced_lsn = 899;
  serving.journal_bytes = 1536;
  serving.sessions = 4;
  ShardSummary failed = serving;
  failed.index = 1;
  failed.address = "10.0.0.2:7070";
  failed.state = "failed: UNAVAILABLE: disk\ngone";
  return {serving, failed};
}

struct Reported {
  ExitCode code;
  std::string data;
  std::string talk;
};

Reported ReportOf(const std::vector<ShardSummary>& shards, bool json,
                  const std::vector<ShardAnswer>& silent = {}) {
  std::ostringstream data;
  std::ostringstream talk;
  const ExitCode code =
      Report(shards, silent, {.data = data, .talk = talk, .json = json});
  return {code, data.str(), talk.str()};
}

TEST(StatusTest, OneLinePerShard) {
  auto shards = TwoShards();
  shards[1].state = "serving";
  const Reported reported = ReportOf(shards, /*json=*/false);
  EXPECT_EQ(reported.code, ExitCode::kOk);
  EXPECT_EQ(reported.talk, "");
  EXPECT_EQ(reported.data,
            "shard  address        state    tables     rows   memory  last LSN"
            "  synced LSN  journal  sessions\n"
            "0/2    10.0.0.1:7070  serving       3  1234567  3.0 MiB       900"
            "         899  1.5 KiB         4\n"
            "1/2    10.0.0.2:7070  serving       3  1234567  3.0 MiB       900"
            "         899  1.5 KiB         4\n");
}

TEST(StatusTest, AShardThatDoesNotServeIsNamed) {
  const Reported reported = ReportOf(TwoShards(), /*json=*/false);
  EXPECT_EQ(reported.code, ExitCode::kUnhealthy);
  EXPECT_EQ(reported.talk,
            "rowhouse: shard 1 (10.0.0.2:7070) is not serving: failed: "
            "UNAVAILABLE: disk\\x0agone\n");
}

TEST(StatusTest, JsonHasAllNumbers) {
  const Reported reported = ReportOf(TwoShards(), /*json=*/true);
  EXPECT_EQ(reported.code, ExitCode::kUnhealthy);
  const auto json = nlohmann::json::parse(reported.data);
  EXPECT_EQ(json["serving"], false);
  ASSERT_EQ(json["shards"].size(), 2u);
  const auto& shard = json["shards"][0];
  EXPECT_EQ(shard["serving"], true);
  EXPECT_EQ(shard["address"], "10.0.0.1:7070");
  EXPECT_EQ(shard["rows_stored"], 1234567);
  EXPECT_EQ(shard["synced_lsn"], 899);
  EXPECT_EQ(json["shards"][1]["state"], "failed: UNAVAILABLE: disk\ngone");
}

TEST(StatusTest, AServerThatIsDownHasALineBesideThoseThatAnswer) {
  const std::vector<ShardAnswer> silent = {
      {"10.0.0.2:7070", absl::UnavailableError("connection\nrefused")}};
  std::vector<ShardSummary> shards = TwoShards();
  shards.pop_back();
  const Reported reported = ReportOf(shards, /*json=*/false, silent);
  EXPECT_EQ(reported.code, ExitCode::kUnhealthy);
  EXPECT_THAT(reported.data, HasSubstr("\n0/2    10.0.0.1:7070  serving "));
  EXPECT_THAT(reported.data, HasSubstr("\n?      10.0.0.2:7070  no answer\n"));
  EXPECT_EQ(reported.talk,
            "rowhouse: 10.0.0.2:7070 does not answer: UNAVAILABLE: "
            "connection\\x0arefused\n");
  const Reported as_json = ReportOf(shards, /*json=*/true, silent);
  EXPECT_EQ(as_json.code, ExitCode::kUnhealthy);
  const auto json = nlohmann::json::parse(as_json.data);
  EXPECT_EQ(json["serving"], false);
  ASSERT_EQ(json["shards"].size(), 2u);
  EXPECT_EQ(json["shards"][0]["serving"], true);
  EXPECT_EQ(json["shards"][1]["address"], "10.0.0.2:7070");
  EXPECT_EQ(json["shards"][1]["serving"], false);
  EXPECT_EQ(json["shards"][1]["state"], "no answer");
  EXPECT_EQ(json["shards"][1]["error"], "UNAVAILABLE: connection\nrefused");
}

TEST(StatusTest, WhereNobodyAnswersEveryAddressHasItsLineAndItIsThree) {
  const TempDir dir;
  const ToolRun run =
      RunTool({"--servers", "unix:" + dir.File("a") + ",unix:" + dir.File("b"),
               "--timeout", "0.2", "status"});
  EXPECT_EQ(run.code, 3);
  for (const char* name : {"a", "b"}) {
    EXPECT_THAT(run.data, HasSubstr("?      unix:" + dir.File(name)));
    EXPECT_THAT(run.talk, HasSubstr(dir.File(name) + " does not answer: "));
  }
}

TEST(StatusTest, AnEmbeddedShardIsOneOfOne) {
  const TempDir dir;
  ASSERT_EQ(RunTool({"--embedded", dir.path(), "table", "create",
                     R"({"name": "words", "dim": 2})"})
                .code,
            0);
  const auto json = RunForJson({"--embedded", dir.path(), "status"});
  ASSERT_EQ(json["shards"].size(), 1u);
  EXPECT_EQ(json["shards"][0]["index"], 0);
  EXPECT_EQ(json["shards"][0]["shard_count"], 1);
  EXPECT_EQ(json["shards"][0]["tables"], 1);
  EXPECT_EQ(json["shards"][0]["address"], "embedded:" + dir.path());
}

TEST(StatusTest, ARestoreThatWasCutShortIsFour) {
  const TempDir dir;
  storage::DataDirManifest manifest;
  manifest.incarnation = 1;
  manifest.shard_count = 1;
  manifest.restore_id = 2;
  manifest.restoring = true;
  ROWHOUSE_ASSERT_OK(
      storage::WriteManifest(storage::PosixDisk(), dir.path(), manifest));
  const ToolRun run = RunTool({"--embedded", dir.path(), "status"});
  EXPECT_EQ(run.code, 4);
  EXPECT_THAT(run.data, HasSubstr("  restoring  "));
  EXPECT_THAT(run.talk, HasSubstr("is not serving: restoring"));
}

}  // namespace
}  // namespace rowhouse::tools
