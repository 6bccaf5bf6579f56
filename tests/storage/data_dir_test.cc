#include "storage/data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/framed_file.h"
#include "storage/mem_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

constexpr char kDir[] = "data";

DataDirManifest ExampleManifest() {
  DataDirManifest manifest{.incarnation = 0x8877665544332211,
                           .shard_index = ShardIndex(3),
                           .shard_count = 4,
                           .restore_id = 99,
                           .restoring = true,
                           .restored_from = "monday"};
  for (const char* name : {"a", "b"}) {
    StoredTable table{.incarnation =
                          TableIncarnation(manifest.tables.size() + 1)};
    table.spec.name = name;
    table.spec.dim = 4;
    table.spec.optimizer = FtrlSpec{.l1 = 0.001f};
    manifest.tables.push_back(table);
  }
  return manifest;
}

Watermarks ExampleWatermarks() {
  return {.tables = {{TableIncarnation(1), Lsn(10)},
                     {TableIncarnation(2), Lsn(20)}},
          .steps = {{TableIncarnation(2),
                     {.first = 41,
                      .learning_rates = {0.1f, 0.05f},
                      .iterations = {50, 52},
                      .owner = 7}}},
          .sessions_lsn = Lsn(15),
          .last_session_number = 7,
          .sessions = {{.number = 3},
                       {.number = 7,
                        .lowest = 100,
                        .highest_plus_one = 106,
                        .last_lsn = 14,
                        .snapshot_epoch = 2,
                        .done = {101, 103, 105}}},
          .durable = Lsn(20)};
}

class DataDirTest : public ::testing::Test {
 protected:
  void SetUp() override { ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(kDir)); }

  void ExpectEveryChangeFound(const std::string& path,
                              absl::FunctionRef<absl::Status()> read) {
    const std::string content = disk_.Read(path, 1 << 20).value();
    const auto damage = StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path));
    for (std::size_t i = 0; i < content.size(); ++i) {
      std::string damaged = content;
      damaged[i] ^= 32;
      disk_.Damage(path, damaged);
      EXPECT_THAT(read(), damage) << i;
      disk_.Damage(path, content.substr(0, i));
      EXPECT_THAT(read(), damage) << i;
    }
  }

  MemDisk disk_;
};

TEST_F(DataDirTest, AManifestComesBack) {
  EXPECT_THAT(ReadManifest(disk_, kDir), StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK(WriteManifest(disk_, kDir, {.incarnation = 1}));
  ROWHOUSE_ASSERT_OK(WriteManifest(disk_, kDir, ExampleManifest()));
  disk_.PowerCut(1, MemDisk::Tear::kSectors);
  EXPECT_THAT(ReadManifest(disk_, kDir), IsOkAndHolds(ExampleManifest()));
}

TEST_F(DataDirTest, WatermarksComeBack) {
  EXPECT_THAT(ReadWatermarks(disk_, kDir),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK(WriteWatermarks(disk_, kDir, {}));
  EXPECT_THAT(ReadWatermarks(disk_, kDir), IsOkAndHolds(Watermarks()));
  ROWHOUSE_ASSERT_OK(WriteWatermarks(disk_, kDir, ExampleWatermarks()));
  disk_.PowerCut(1, MemDisk::Tear::kSectors);
  EXPECT_THAT(ReadWatermarks(disk_, kDir), IsOkAndHolds(ExampleWatermarks()));
}

TEST_F(DataDirTest, EveryFlippedOrMissingByteIsFound) {
  ROWHOUSE_ASSERT_OK(WriteManifest(disk_, kDir, ExampleManifest()));
  ExpectEveryChangeFound("data/MANIFEST",
                         [&] { return ReadManifest(disk_, kDir).status(); });
  ROWHOUSE_ASSERT_OK(WriteWatermarks(disk_, kDir, ExampleWatermarks()));
  ExpectEveryChangeFound("data/WATERMARKS",
                         [&] { return ReadWatermarks(disk_, kDir).status(); });
}

TEST_F(DataDirTest, SwappedFilesAreFound) {
  ROWHOUSE_ASSERT_OK(WriteManifest(disk_, kDir, ExampleManifest()));
  ROWHOUSE_ASSERT_OK(WriteWatermarks(disk_, kDir, ExampleWatermarks()));
  ROWHOUSE_ASSERT_OK(disk_.Rename("data/MANIFEST", "data/x"));
  ROWHOUSE_ASSERT_OK(disk_.Rename("data/WATERMARKS", "data/MANIFEST"));
  ROWHOUSE_ASSERT_OK(disk_.Rename("data/x", "data/WATERMARKS"));
  EXPECT_THAT(ReadManifest(disk_, kDir), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ReadWatermarks(disk_, kDir),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(DataDirTest, ANewerFormatIsRefused) {
  v1::DataDirManifest message;
  message.set_format(kDataDirFormat + 1);
  ROWHOUSE_ASSERT_OK(WriteFramedFile(disk_, "data/MANIFEST", kDataDirMagic,
                                     message.SerializeAsString()));
  EXPECT_THAT(ReadManifest(disk_, kDir),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("format 2, this program knows 1")));
}

TEST_F(DataDirTest, AManifestWithATableTwiceIsDamage) {
  DataDirManifest manifest = ExampleManifest();
  manifest.tables[1].spec.name = "a";
  ROWHOUSE_ASSERT_OK(WriteManifest(disk_, kDir, manifest));
  EXPECT_THAT(
      ReadManifest(disk_, kDir),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("are both called 'a'")));
  manifest = ExampleManifest();
  manifest.tables[1].incarnation = manifest.tables[0].incarnation;
  ROWHOUSE_ASSERT_OK(WriteManifest(disk_, kDir, manifest));
  EXPECT_THAT(ReadManifest(disk_, kDir),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("data/MANIFEST: tables 'a' and 'b' are")));
}

TEST_F(DataDirTest, WellFramedNonsenseIsDamage) {
  const auto damage = StatusIs(absl::StatusCode::kDataLoss);
  ROWHOUSE_ASSERT_OK(
      WriteFramedFile(disk_, "data/MANIFEST", kDataDirMagic, "\xff"));
  EXPECT_THAT(ReadManifest(disk_, kDir), damage);

  v1::Watermarks twice;
  twice.add_tables()->set_incarnation(1);
  twice.add_tables()->set_incarnation(1);
  ROWHOUSE_ASSERT_OK(WriteFramedFile(disk_, "data/WATERMARKS", kWatermarksMagic,
                                     twice.SerializeAsString()));
  EXPECT_THAT(ReadWatermarks(disk_, kDir), damage);

  for (const std::vector<std::uint64_t>& done :
       {std::vector<std::uint64_t>{5, 5}, {6, 5}, {3, 5}, {5, 8}}) {
    v1::Watermarks message;
    v1::StoredSession& session = *message.add_sessions();
    session.set_lowest(4);
    session.set_highest_plus_one(8);
    session.mutable_done()->Add(done.begin(), done.end());
    ROWHOUSE_ASSERT_OK(WriteFramedFile(disk_, "data/WATERMARKS",
                                       kWatermarksMagic,
                                       message.SerializeAsString()));
    EXPECT_THAT(ReadWatermarks(disk_, kDir), damage);
  }
}

}  // namespace
}  // namespace rowhouse::storage
