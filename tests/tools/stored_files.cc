#include "tests/tools/stored_files.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "rowhouse/shard_map.h"
#include "shard/record_codec.h"
#include "storage/checkpoint.h"
#include "storage/checkpoint_part.h"
#include "storage/journal.h"
#include "storage/row_store.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::tools {
namespace {

using shard::RecordKind;

constexpr std::uint64_t kIncarnation = 0xabcd;

}  // namespace

TableSpec WordsSpec() {
  TableSpec spec;
  spec.name = "words";
  spec.dim = 2;
  spec.optimizer = AdagradSpec{.learning_rate = 0.1f};
  return spec;
}

storage::DataDirManifest WordsManifest() {
  storage::DataDirManifest manifest;
  manifest.incarnation = kIncarnation;
  manifest.shard_index = ShardIndex(1);
  manifest.shard_count = 4;
  manifest.tables.push_back({kWordsIncarnation, WordsSpec()});
  return manifest;
}

void WriteWordsRows(const std::string& path) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto rows,
                                storage::OpenRocksDbRowStore({.path = path}));
  ROWHOUSE_ASSERT_OK(rows->CreateTable(kWordsIncarnation));
  const TableSpec spec = WordsSpec();
  const BucketFunction bucket(spec.name, spec.placement);
  const float values[] = {0.5f, -1.5f, 0.1f, 4.0f};
  const storage::RowImage row{
      .bucket = bucket(7), .id = 7, .lsn = Lsn(2), .values = values};
  ROWHOUSE_ASSERT_OK(rows->Write(kWordsIncarnation, {row}));
  ROWHOUSE_ASSERT_OK(rows->Flush(kWordsIncarnation));
}

void WriteWordsJournal(storage::Disk& disk, const std::string& directory) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto journal,
      storage::Journal::Open(disk, {.directory = directory,
                                    .segment_bytes = 1 << 20,
                                    .incarnation = kIncarnation}));
  const auto append = [&](RecordKind kind,
                          shard::RecordEncoder::Pieces pieces) {
    ROWHOUSE_ASSERT_OK(
        journal->Append(static_cast<std::uint32_t>(kind), pieces));
  };
  shard::RecordEncoder encoder;
  append(RecordKind::kOpenSession, encoder.Session(1));
  const std::vector<Id> two = {7, 9};
  const std::vector<float> gradients = {1, 2, 3, 4};
  append(RecordKind::kPush,
         encoder.Push({.session = 1, .sequence = 0, .step = 30},
                      {{.table = kWordsIncarnation,
                        .dim = 2,
                        .bags = {.ids = two},
                        .gradients = gradients}}));
  const std::vector<Id> twice = {7, 7};
  const std::vector<float> weights = {1, 2};
  const std::vector<std::uint32_t> splits = {0, 2};
  append(RecordKind::kPush,
         encoder.Push(
             {.session = 1, .sequence = 1, .lowest = 1, .step = 31},
             {{.table = kWordsIncarnation,
               .dim = 2,
               .bags = {.ids = twice, .weights = weights, .row_splits = splits},
               .gradients = absl::MakeConstSpan(gradients).first(2)}}));
  const std::vector<Id> one = {9};
  append(RecordKind::kWriteRows,
         encoder.WriteRows({.session = 1, .sequence = 2, .lowest = 2},
                           {.table = kWordsIncarnation,
                            .dim = 2,
                            .slot_floats = 2,
                            .ids = one,
                            .weights = weights,
                            .slots = weights}));
  append(RecordKind::kEndSession, encoder.Session(1));
  ROWHOUSE_ASSERT_OK(journal->Sync(Lsn(5)));
}

void WriteWordsDataDir(const std::string& data_dir, Lsn durable) {
  storage::Disk& disk = storage::PosixDisk();
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory(data_dir));
  ROWHOUSE_ASSERT_OK(storage::WriteManifest(disk, data_dir, WordsManifest()));
  WriteWordsRows(absl::StrCat(data_dir, "/rows"));
  WriteWordsJournal(disk, absl::StrCat(data_dir, "/journal"));
  storage::Watermarks watermarks;
  watermarks.tables[kWordsIncarnation] = Lsn(2);
  watermarks.sessions_lsn = Lsn(3);
  watermarks.last_session_number = 1;
  watermarks.sessions.push_back({.number = 1,
                                 .lowest = 1,
                                 .highest_plus_one = 2,
                                 .last_lsn = 3,
                                 .snapshot_epoch = 6,
                                 .done = {1}});
  watermarks.durable = durable;
  ROWHOUSE_ASSERT_OK(storage::WriteWatermarks(disk, data_dir, watermarks));
}

std::string WriteWordsCheckpoint(const std::string& root,
                                 const std::string& name) {
  storage::Disk& disk = storage::PosixDisk();
  std::string part = storage::ShardCheckpointPath(root, name, ShardIndex(0), 1);
  EXPECT_THAT(disk.MakeDirectory(part), IsOk());
  WriteWordsRows(absl::StrCat(part, "/rows"));
  storage::ShardManifest manifest;
  manifest.shard_count = 1;
  manifest.data_incarnation = kIncarnation;
  manifest.cut = Lsn(2);
  manifest.snapshot_epoch = 6;
  manifest.tables.push_back({{kWordsIncarnation, WordsSpec()}, 1});
  const auto finished = storage::FinishPart(disk, part, manifest);
  EXPECT_THAT(finished, IsOk());
  if (!finished.ok()) return part;
  CheckpointInfo info;
  info.name = name;
  info.created = absl::FromUnixSeconds(1'700'000'000);
  info.snapshot_epoch = 6;
  info.shards.push_back(*finished);
  EXPECT_THAT(storage::CommitCheckpoint(disk, root, info, "rowhouse test"),
              IsOk());
  return part;
}

void DamageFile(const std::string& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  ASSERT_TRUE(file.is_open()) << path;
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  ASSERT_NE(byte, EOF) << path << " has no offset " << offset;
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ 1));
}

std::string Snapshot(const std::string& directory) {
  std::set<std::string> lines;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory)) {
    lines.insert(
        absl::StrCat(entry.path().string(), " ",
                     entry.is_regular_file() ? entry.file_size() : 0, " ",
                     entry.last_write_time().time_since_epoch().count()));
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace rowhouse::tools
