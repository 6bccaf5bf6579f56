#include "tests/integration/faults/shim_page.h"

#include <gtest/gtest.h>

#include <string>

namespace rowhouse::faults {
namespace {

TEST(ShimPageTest, AFileIsKnownByItsPlaceAndName) {
  EXPECT_EQ(KindOf("/t/shard-0/journal/0000000000000001.journal"),
            FileKind::kJournal);
  EXPECT_EQ(KindOf("/t/shard-0/journal"), FileKind::kJournalDirectory);
  EXPECT_EQ(KindOf("/t/shard-0/journal/0000000000000001.spare"),
            FileKind::kSpareSegment);
  EXPECT_EQ(KindOf("/t/shard-0/journal/SYNCED"), FileKind::kSyncedMark);
  EXPECT_EQ(KindOf("/t/shard-0/WATERMARKS"), FileKind::kWatermarks);
  EXPECT_EQ(KindOf("/t/shard-0/MANIFEST"), FileKind::kManifest);
  EXPECT_EQ(KindOf("/t/shard-0"), FileKind::kDataDirectory);
  EXPECT_EQ(KindOf("/t/shard-0/rows/000012.sst"), FileKind::kSst);
  EXPECT_EQ(KindOf("/t/shard-0/rows/MANIFEST-000005"), FileKind::kRowsManifest);
  EXPECT_EQ(KindOf("/t/shard-0/rows/CURRENT"), FileKind::kRowsCurrent);
  EXPECT_EQ(KindOf("/t/shard-0/rows/000005.dbtmp"), FileKind::kRowsCurrent);
  EXPECT_EQ(KindOf("/t/shard-0/rows/OPTIONS-000007"), FileKind::kRowsOptions);
  EXPECT_EQ(KindOf("/t/shard-0/rows/SEAL"), FileKind::kSeal);
  EXPECT_EQ(KindOf("/t/shard-0/rows"), FileKind::kRowsDirectory);
}

TEST(ShimPageTest, ATemporaryFileIsWhatItBecomes) {
  EXPECT_EQ(KindOf("/t/shard-0/WATERMARKS.tmp"), FileKind::kWatermarks);
  EXPECT_EQ(KindOf("/t/shard-0/MANIFEST.tmp"), FileKind::kManifest);
  EXPECT_EQ(KindOf("/t/shard-0/rows/SEAL.tmp"), FileKind::kSeal);
}

TEST(ShimPageTest, ACheckpointsFilesAreNotTheDataDirectorys) {
  EXPECT_EQ(KindOf("/t/checkpoints/a/MANIFEST.tmp"),
            FileKind::kCheckpointManifest);
  EXPECT_EQ(KindOf("/t/checkpoints/a"), FileKind::kCheckpointDirectory);
  const std::string part = "/t/checkpoints/a/shard-00000-of-00002";
  EXPECT_EQ(KindOf(part.c_str()), FileKind::kPartDirectory);
  EXPECT_EQ(KindOf((part + "/MANIFEST").c_str()), FileKind::kPartManifest);
  EXPECT_EQ(KindOf((part + "/rows.tmp/000012.sst").c_str()), FileKind::kPart);
  EXPECT_EQ(KindOf((part + "/rows/MANIFEST-000005").c_str()), FileKind::kPart);
  EXPECT_EQ(KindOf("/t/shard-0/cut"), FileKind::kPartDirectory);
  EXPECT_EQ(KindOf("/t/shard-0/cut/MANIFEST.tmp"), FileKind::kPartManifest);
  EXPECT_EQ(KindOf("/t/shard-0/cut/rows.tmp/000012.sst"), FileKind::kPart);
  EXPECT_EQ(KindOf("/t/shard-0/cut/journal/0000000000000001.journal"),
            FileKind::kPart);
}

TEST(ShimPageTest, WhatIsNoFileOfAServerIsLeftAlone) {
  EXPECT_EQ(KindOf(""), FileKind::kOther);
  EXPECT_EQ(KindOf("socket:[1234]"), FileKind::kOther);
  EXPECT_EQ(KindOf("/dev/null"), FileKind::kOther);
  EXPECT_EQ(KindOf("/t/shard-0.log"), FileKind::kOther);
  EXPECT_EQ(KindOf("/t/shard-0/LOCK"), FileKind::kOther);
}

}  // namespace
}  // namespace rowhouse::faults
