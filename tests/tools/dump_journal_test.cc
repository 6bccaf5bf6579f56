#include "tools/dump_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "shard/record_codec.h"
#include "storage/disk.h"
#include "storage/journal.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

constexpr char kSegment[] = "/journal/0000000000000001.journal";

// One JSON document a line.
std::vector<nlohmann::ordered_json> Documents(const std::string& data) {
  std::vector<nlohmann::ordered_json> documents;
  for (const auto line : absl::StrSplit(data, '\n', absl::SkipEmpty())) {
    documents.push_back(nlohmann::ordered_json::parse(line));
  }
  return documents;
}

class DumpJournalTest : public testing::Test {
 protected:
  void SetUp() override { WriteWordsDataDir(dir_.path(), Lsn(5)); }

  ToolRun Dump(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"dump", "journal", dir_.path()};
    words.insert(words.end(), more.begin(), more.end());
    return RunTool(words);
  }

  TempDir dir_;
};

TEST_F(DumpJournalTest, OneLinePerRecord) {
  const ToolRun run = Dump();
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.talk, "5 records, the last LSN is 5\n");
  const std::string file = "0000000000000001.journal";
  EXPECT_EQ(
      run.data,
      absl::StrCat(
          "       LSN  segment                       offset      bytes  kind"
          "          what\n",
          "         1  ", file,
          "          64         56  open session  "
          "session 1\n",
          "         2  ", file,
          "         120        152  push          "
          "session 1 sequence 0 step 30, words: 2 ids in 2 bags\n",
          "         3  ", file,
          "         272        160  push          "
          "session 1 sequence 1 step 31, words: 2 ids in 1 bags\n",
          "         4  ", file,
          "         432        136  write rows    "
          "session 1 sequence 2 step 0, words: 1 rows\n",
          "         5  ", file,
          "         568         56  end session   "
          "session 1\n"));
}

TEST_F(DumpJournalTest, JsonIsOneDocumentALine) {
  const ToolRun run = Dump({"--json"});
  EXPECT_EQ(run.code, 0);
  const auto records = Documents(run.data);
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0].dump(),
            R"({"lsn":1,"segment":"0000000000000001.journal","offset":64,)"
            R"("bytes":56,"kind":"open session","session":1})");
  EXPECT_EQ(records[2].dump(),
            R"({"lsn":3,"segment":"0000000000000001.journal","offset":272,)"
            R"("bytes":160,"kind":"push","session":1,"sequence":1,"lowest":1,)"
            R"("snapshot_epoch":0,"step":31,"inputs":[{"table":"words",)"
            R"("incarnation":"0000000000001234","dim":2,"ids":2,"bags":1,)"
            R"("weighted":true}]})");
  EXPECT_EQ(records[3]["kind"], "write rows");
  EXPECT_EQ(records[3]["slot_floats"], 2);
}

TEST_F(DumpJournalTest, APushOfManyInputsStaysALine) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto journal,
      storage::Journal::Open(storage::PosixDisk(), {.directory = dir.path(),
                                                    .segment_bytes = 1 << 20}));
  const std::vector<Id> ids = {7, 9};
  const std::vector<float> gradients = {1, 2};
  const shard::InputRecord input{.table = kWordsIncarnation,
                                 .dim = 1,
                                 .bags = {.ids = ids},
                                 .gradients = gradients};
  shard::RecordEncoder encoder;
  ROWHOUSE_ASSERT_OK(journal->Append(
      static_cast<std::uint32_t>(shard::RecordKind::kPush),
      encoder.Push({.session = 1}, {input, input, input, input})));
  ROWHOUSE_ASSERT_OK(journal->Sync(Lsn(1)));
  EXPECT_THAT(RunTool({"dump", "journal", dir.path()}).data,
              HasSubstr("step 0, 8 ids in 4 inputs\n"));
  const auto json =
      Documents(RunTool({"dump", "journal", dir.path(), "--json"}).data);
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["inputs"].size(), 4u);
}

TEST_F(DumpJournalTest, LimitAndAfter) {
  const ToolRun two = Dump({"--limit", "2", "--json"});
  EXPECT_EQ(two.code, 0);
  EXPECT_EQ(two.talk, "2 records, the limit\n");
  EXPECT_EQ(Documents(two.data).size(), 2u);
  EXPECT_EQ(Dump({"--limit", "6"}).talk, "5 records, the last LSN is 5\n");
  const auto last = Documents(Dump({"--after", "4", "--json"}).data);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0]["offset"], 568);
}

TEST_F(DumpJournalTest, DamageIsNamedBehindTheRecordsBeforeIt) {
  DamageFile(absl::StrCat(dir_.path(), kSegment), 280);
  const ToolRun run = Dump({"--json"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(Documents(run.data).size(), 2u);
  EXPECT_THAT(run.talk, HasSubstr("rowhouse: DATA_LOSS: "));
  EXPECT_THAT(run.talk,
              HasSubstr(absl::StrCat(dir_.path(), kSegment, " offset 272: ")));
  EXPECT_EQ(Dump({"--limit", "2"}).code, 0)
      << "what was not read is not judged";
}

TEST_F(DumpJournalTest, ATornTailIsNoDamage) {
  WriteWordsDataDir(dir_.File("torn"), Lsn(4));
  // Nothing says that the last record was synced.
  ROWHOUSE_ASSERT_OK(storage::PosixDisk().Remove(
      absl::StrCat(dir_.File("torn"), "/journal/SYNCED")));
  DamageFile(absl::StrCat(dir_.File("torn"), kSegment), 600);
  const ToolRun run = RunTool({"dump", "journal", dir_.File("torn")});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.talk, HasSubstr("4 records, the last LSN is 4\n"));
  EXPECT_THAT(run.talk, HasSubstr("56 bytes at the end are no record"));
}

TEST_F(DumpJournalTest, SegmentsAloneHaveNoNamesOfTables) {
  const ToolRun run =
      RunTool({"dump", "journal", dir_.File("journal"), "--json"});
  EXPECT_EQ(run.code, 0);
  const auto records = Documents(run.data);
  ASSERT_EQ(records.size(), 5u);
  EXPECT_TRUE(records[1]["inputs"][0]["table"].is_null());
  EXPECT_EQ(records[1]["inputs"][0]["incarnation"], "0000000000001234");
}

TEST_F(DumpJournalTest, IsReadAlsoWhenTheManifestIsDamaged) {
  DamageFile(dir_.File("MANIFEST"), 30);
  DamageFile(dir_.File("WATERMARKS"), 30);
  const ToolRun run = Dump();
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.data, HasSubstr("0000000000001234: 2 ids in 2 bags"));
  EXPECT_THAT(run.talk, HasSubstr("tables have no names"));
  EXPECT_THAT(run.talk, HasSubstr("what was synced is not known"));
}

TEST_F(DumpJournalTest, ChangesNothingAndTakesNoLock) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto lock,
                                storage::PosixDisk().Lock(dir_.File("LOCK")));
  const std::string before = Snapshot(dir_.path());
  EXPECT_EQ(Dump().code, 0);
  EXPECT_EQ(Snapshot(dir_.path()), before);
}

TEST_F(DumpJournalTest, WhatIsNotThereIsAFailure) {
  const ToolRun missing = RunTool({"dump", "journal", "/nowhere"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.talk, HasSubstr("/nowhere"));
  EXPECT_EQ(RunTool({"dump", "journal", dir_.File("MANIFEST")}).code, 1);
}

}  // namespace
}  // namespace rowhouse::tools
