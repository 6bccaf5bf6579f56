#include "storage/checkpoint_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/framed_file.h"
#include "tests/storage/checkpoint_files.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CheckpointManifestTest : public CheckpointFilesTest {};

TEST_F(CheckpointManifestTest, APartsComesBack) {
  ShardManifest manifest = Manifest(1);
  manifest.files.push_back({.path = "rows/a", .bytes = 3, .sha256 = "ff"});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const ShardManifest read,
      DecodeShardManifest(EncodeShardManifest(manifest), "part/MANIFEST"));
  EXPECT_EQ(read.index, ShardIndex(1));
  EXPECT_EQ(read.shard_count, 2);
  EXPECT_EQ(read.data_incarnation, 0x77);
  EXPECT_EQ(read.cut, Lsn(500));
  EXPECT_EQ(read.snapshot_epoch, 4);
  EXPECT_EQ(read.sessions_lsn, Lsn(300));
  EXPECT_EQ(read.last_session_number, 9);
  EXPECT_EQ(read.sessions, manifest.sessions);
  EXPECT_EQ(read.software, "rowhouse test");
  ASSERT_THAT(read.tables, SizeIs(2));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read.tables[i].table, manifest.tables[i].table);
    EXPECT_EQ(read.tables[i].rows, manifest.tables[i].rows);
    EXPECT_EQ(read.tables[i].steps, manifest.tables[i].steps);
    EXPECT_EQ(read.tables[i].after, manifest.tables[i].after);
    EXPECT_EQ(read.tables[i].fresh, manifest.tables[i].fresh);
  }
  ASSERT_THAT(read.files, SizeIs(1));
  EXPECT_EQ(read.files[0].path, "rows/a");
}

TEST_F(CheckpointManifestTest, AnotherFormatSaysWhoCanRestoreIt) {
  v1::ShardManifest part;
  part.set_format(kCheckpointFormat + 1);
  part.set_software("rowhouse 9.9");
  EXPECT_THAT(
      DecodeShardManifest(
          EncodeFrame(kCheckpointPartMagic, part.SerializeAsString()), "P"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               "P: checkpoint format 3, this program knows 2: restore it with "
               "the program that wrote it, rowhouse 9.9, or a newer one"));
  v1::CheckpointManifest old;
  old.set_format(1);
  old.set_name("c");
  EXPECT_THAT(
      DecodeCheckpointManifest(
          EncodeFrame(kCheckpointMagic, old.SerializeAsString()), "c", "P"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               "P: checkpoint format 1, this program knows 2: restore it with "
               "the program that wrote it"));
}

TEST_F(CheckpointManifestTest, AnotherProgramsFileIsNamedAsSuch) {
  const auto foreign = StatusIs(
      absl::StatusCode::kDataLoss,
      AllOf(HasSubstr("P: does not begin as"), HasSubstr("another program's")));
  EXPECT_THAT(DecodeCheckpointManifest("{\"checkpoint\": 3}", "c", "P"),
              foreign);
  EXPECT_THAT(DecodeShardManifest("", "P"), foreign);
  // Ours, and not what it should be.
  EXPECT_THAT(
      DecodeCheckpointManifest(EncodeShardManifest(Manifest(0)), "c", "P"),
      foreign);
}

TEST_F(CheckpointManifestTest, PartsOutOfOrderAreDamage) {
  CheckpointInfo info{.name = "c", .shards = {{.index = ShardIndex(1)}}};
  EXPECT_THAT(
      DecodeCheckpointManifest(EncodeCheckpointManifest(info, "x"), "c", "P"),
      StatusIs(absl::StatusCode::kDataLoss, "P: part 0 is of shard 1"));
}

TEST_F(CheckpointManifestTest, ACheckpointWithoutPartsIsDamage) {
  EXPECT_THAT(DecodeCheckpointManifest(
                  EncodeCheckpointManifest({.name = "c"}, "x"), "c", "P"),
              StatusIs(absl::StatusCode::kDataLoss, "P: has no parts"));
}

TEST_F(CheckpointManifestTest, APartWithATableTwiceIsDamage) {
  ShardManifest manifest = Manifest(0);
  manifest.tables[1].table.spec.name = "t10";
  EXPECT_THAT(DecodeShardManifest(EncodeShardManifest(manifest), "P"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("are both called 't10'")));
  manifest = Manifest(0);
  manifest.tables[1].table.incarnation = TableIncarnation(10);
  EXPECT_THAT(DecodeShardManifest(EncodeShardManifest(manifest), "P"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("P: tables 't10' and 't20' are both")));
}

}  // namespace
}  // namespace rowhouse::storage
