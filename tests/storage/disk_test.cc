#include "storage/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/mem_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;

TEST(ParentDirectoryTest, IsWhatIsBeforeTheLastSlash) {
  EXPECT_EQ(ParentDirectory("a/b/c"), "a/b");
  EXPECT_EQ(ParentDirectory("/a"), "/");
  EXPECT_EQ(ParentDirectory("a"), ".");
}

TEST(WriteFileAtomicallyTest, MakesAndReplaces) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("d"));
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "d/f", "old"));
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "d/f", "new"));
  EXPECT_THAT(disk.Read("d/f", 10), IsOkAndHolds("new"));
  EXPECT_THAT(disk.List("d"), IsOkAndHolds(ElementsAre("f")));
}

TEST(WriteFileAtomicallyTest, WhatItReturnedFromSurvivesAPowerCut) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("d"));
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "d/f", "content"));
  disk.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(disk.Read("d/f", 10), IsOkAndHolds("content"));
}

TEST(WriteFileAtomicallyTest, AFailureLeavesTheOldOrTheNewContent) {
  for (const bool at_append : {true, false}) {
    for (std::uint64_t n = 1; n <= 2; ++n) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        MemDisk disk;
        ROWHOUSE_ASSERT_OK(disk.MakeDirectory("d"));
        ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "d/f", "old"));
        if (at_append) {
          disk.FailAppend(n, absl::UnavailableError("EIO"));
        } else {
          disk.FailSync(n, absl::UnavailableError("EIO"));
        }
        const bool written = WriteFileAtomically(disk, "d/f", "new").ok();
        EXPECT_EQ(written, at_append && n == 2);
        disk.FailAppend(0, absl::OkStatus());
        disk.FailSync(0, absl::OkStatus());
        disk.PowerCut(seed, MemDisk::Tear::kSectors);
        EXPECT_THAT(disk.Read("d/f", 10),
                    IsOkAndHolds(AnyOf("new", written ? "new" : "old")));
        // What a crash left over is in nobody's way.
        ROWHOUSE_EXPECT_OK(WriteFileAtomically(disk, "d/f", "newer"));
      }
    }
  }
}

TEST(WriteTemporaryTest, IsNothingUntilItIsRenamed) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("d"));
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "d/f", "old"));
  ROWHOUSE_ASSERT_OK(WriteTemporary(disk, "d/f", "newer"));
  ROWHOUSE_ASSERT_OK(WriteTemporary(disk, "d/f", "new"));
  EXPECT_THAT(disk.Read("d/f", 10), IsOkAndHolds("old"));
  ROWHOUSE_ASSERT_OK(RenameTemporary(disk, "d/f"));
  EXPECT_THAT(disk.Read("d/f", 10), IsOkAndHolds("new"));
  // Taken away meanwhile, it replaces nothing.
  ROWHOUSE_ASSERT_OK(WriteTemporary(disk, "d/f", "newest"));
  ROWHOUSE_ASSERT_OK(disk.Remove(TemporaryPath("d/f")));
  EXPECT_THAT(RenameTemporary(disk, "d/f"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.Read("d/f", 10), IsOkAndHolds("new"));
}

// RESOURCE_EXHAUSTED says that nothing has happened. Once the new content has
// its name that would be untrue, whatever the directory's sync says.
TEST(WriteFileAtomicallyTest, AFullDiskAfterTheRenameIsNotNothing) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("d"));
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "d/f", "old"));
  disk.FailSync(1, absl::ResourceExhaustedError("ENOSPC"));
  EXPECT_THAT(WriteFileAtomically(disk, "d/f", "new"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(disk.Read("d/f", 10), IsOkAndHolds("old"));
  disk.FailSync(2, absl::ResourceExhaustedError("ENOSPC"));
  EXPECT_THAT(WriteFileAtomically(disk, "d/f", "newer"),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST(CopyFileTest, SharesNothingAndSurvivesAPowerCut) {
  MemDisk disk;
  const std::string content((4u << 20) + 3, 'x');
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "from", content));
  ROWHOUSE_ASSERT_OK(CopyFile(disk, "from", "to"));
  ROWHOUSE_ASSERT_OK(disk.SyncDirectory("."));
  disk.Damage("from", "y");
  disk.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(disk.Read("to", 5u << 20), IsOkAndHolds(content));
  EXPECT_THAT(CopyFile(disk, "from", "to"),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST(CopyFileTest, AFailedOneIsRemoved) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "from", "content"));
  disk.FailSync(1, absl::UnavailableError("EIO"));
  EXPECT_THAT(CopyFile(disk, "from", "to"),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(disk.Exists("to"), IsOkAndHolds(false));
  EXPECT_THAT(CopyFile(disk, "none", "to"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.Exists("to"), IsOkAndHolds(false));
}

}  // namespace
}  // namespace rowhouse::storage
