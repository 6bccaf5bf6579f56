#include "storage/mem_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::Status Append(WritableFile& file, absl::string_view bytes) {
  return file.Append({absl::Span<const char>(bytes.data(), bytes.size())});
}

TEST(MemDiskTest, AKillKeepsBytesAndEndsHandlesAndLocks) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.Create("f"));
  ROWHOUSE_ASSERT_OK(Append(*file, "abc"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto lock, disk.Lock("LOCK"));
  EXPECT_THAT(disk.Lock("LOCK"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  disk.Kill();
  EXPECT_THAT(Append(*file, "d"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(file->Sync(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(disk.Read("f", 10), IsOkAndHolds("abc"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto next, disk.Lock("LOCK"));
  lock.reset();  // of the dead process: must not free the new one's
  EXPECT_THAT(disk.Lock("LOCK"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(MemDiskTest, APowerCutKeepsSyncedBytesAndSomePrefixOfTheRest) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    MemDisk disk;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.Create("f"));
    ROWHOUSE_ASSERT_OK(disk.SyncDirectory("."));
    ROWHOUSE_ASSERT_OK(Append(*file, "synced"));
    ROWHOUSE_ASSERT_OK(file->Sync());
    ROWHOUSE_ASSERT_OK(Append(*file, "rest"));
    disk.PowerCut(seed, MemDisk::Tear::kPrefix);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string left, disk.Read("f", 10));
    EXPECT_EQ(left, std::string("syncedrest").substr(0, left.size()));
    sizes.insert(left.size());
  }
  EXPECT_THAT(sizes, ElementsAre(6, 7, 8, 9, 10));
}

TEST(MemDiskTest, ATornTailHasZeroSectorsOnlyWhereNothingWasSynced) {
  bool torn = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    MemDisk disk;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.Create("f"));
    ROWHOUSE_ASSERT_OK(disk.SyncDirectory("."));
    ROWHOUSE_ASSERT_OK(Append(*file, std::string(700, 'x')));
    ROWHOUSE_ASSERT_OK(file->Sync());
    ROWHOUSE_ASSERT_OK(Append(*file, std::string(4000, 'y')));
    disk.PowerCut(seed, MemDisk::Tear::kSectors);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string left, disk.Read("f", 9999));
    ASSERT_GE(left.size(), 700);
    EXPECT_EQ(left.substr(0, 700), std::string(700, 'x'));
    const std::size_t zero = left.find('\0');
    torn |= zero != std::string::npos;
    if (zero != std::string::npos) {
      EXPECT_EQ(zero % 512, 0);
    }
  }
  EXPECT_TRUE(torn);
}

// What was synced and is written over comes back in sectors, old or new.
TEST(MemDiskTest, APowerCutLeavesOldOrNewSectorsOfWhatIsWrittenOver) {
  for (const MemDisk::Tear tear :
       {MemDisk::Tear::kPrefix, MemDisk::Tear::kSectors}) {
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      MemDisk disk;
      ROWHOUSE_ASSERT_OK(
          WriteFileAtomically(disk, "f", std::string(2000, 'o')));
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToOverwrite("f"));
      const std::string bytes(1000, 'n');
      ROWHOUSE_ASSERT_OK(file->WriteAt(700, {absl::Span<const char>(bytes)}));
      const std::string written = disk.Read("f", 9999).value();
      EXPECT_EQ(written, std::string(700, 'o') + std::string(1000, 'n') +
                             std::string(300, 'o'));
      disk.PowerCut(seed, tear);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string left,
                                    disk.Read("f", 9999));
      ASSERT_EQ(left.size(), 2000);
      std::string sectors;
      for (std::size_t at = 512; at < 2000; at += 512) {
        const std::string old(std::min<std::size_t>(512, 2000 - at), 'o');
        const std::string is = left.substr(at, 512);
        EXPECT_TRUE(is == old || is == written.substr(at, 512)) << at;
        sectors += is == old ? 'o' : 'n';
      }
      EXPECT_EQ(left.substr(0, 512), std::string(512, 'o'));
      seen.insert(sectors);
    }
    EXPECT_EQ(seen.size(), tear == MemDisk::Tear::kPrefix ? 4 : 8);
  }
}

TEST(MemDiskTest, WhatWasWrittenOverAndSyncedStays) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "f", std::string(2000, 'o')));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToOverwrite("f"));
  const std::string bytes(2500, 'n');
  ROWHOUSE_ASSERT_OK(file->WriteAt(0, {absl::Span<const char>(bytes)}));
  ROWHOUSE_ASSERT_OK(file->Sync());
  disk.PowerCut(1, MemDisk::Tear::kSectors);
  EXPECT_THAT(disk.Read("f", 9999), IsOkAndHolds(bytes));
}

TEST(MemDiskTest, AFileStaysWhileANameHasIt) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "f", "content"));
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("d"));
  ROWHOUSE_ASSERT_OK(disk.Link("f", "d/g"));
  EXPECT_THAT(disk.Link("f", "d/g"),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(disk.Link("none", "h"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(disk.Stat("f")->links, 2);
  ROWHOUSE_ASSERT_OK(disk.Remove("f"));
  EXPECT_EQ(disk.Stat("d/g")->links, 1);
  EXPECT_THAT(disk.Read("d/g", 10), IsOkAndHolds("content"));
}

TEST(MemDiskTest, NamesAreLostUnlessTheDirectoryWasSynced) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("a/b"));
  const auto make = [&](const std::string& path) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.Create(path));
    ROWHOUSE_ASSERT_OK(Append(*file, path));
    ROWHOUSE_ASSERT_OK(file->Sync());
  };
  make("a/b/old");
  make("a/b/gone");
  ROWHOUSE_ASSERT_OK(disk.SyncDirectory("a/b"));
  make("a/b/new");
  ROWHOUSE_ASSERT_OK(disk.Remove("a/b/gone"));
  ROWHOUSE_ASSERT_OK(disk.Rename("a/b/old", "a/b/renamed"));
  EXPECT_THAT(disk.List("a/b"), IsOkAndHolds(ElementsAre("new", "renamed")));
  disk.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(disk.List("a/b"), IsOkAndHolds(ElementsAre("gone", "old")));
  EXPECT_THAT(disk.Read("a/b/old", 99), IsOkAndHolds("a/b/old"));
}

TEST(MemDiskTest, ADirectoryIsRemovedForGoodOnceItsParentIsSynced) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("a/b/c"));
  ROWHOUSE_ASSERT_OK(disk.RemoveEmptyDirectory("a/b"));
  EXPECT_THAT(disk.Exists("a/b"), IsOkAndHolds(true)) << "something is in it";
  ROWHOUSE_ASSERT_OK(disk.RemoveAll("a/b"));
  ROWHOUSE_ASSERT_OK(disk.RemoveEmptyDirectory("a/b"));
  ROWHOUSE_ASSERT_OK(disk.RemoveAll("a/b"));
  ROWHOUSE_ASSERT_OK(disk.RemoveAll("none/at/all"));
  disk.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(disk.Exists("a/b/c"), IsOkAndHolds(true));
  ROWHOUSE_ASSERT_OK(disk.RemoveAll("a/b"));
  ROWHOUSE_ASSERT_OK(disk.SyncDirectory("a"));
  disk.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(disk.Exists("a/b/c"), IsOkAndHolds(false));
}

TEST(MemDiskTest, TheNthAppendOrSyncFails) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.Create("f"));
  disk.FailAppend(2, absl::UnavailableError("EIO"));
  ROWHOUSE_EXPECT_OK(Append(*file, "abcd"));
  EXPECT_THAT(Append(*file, "efgh"),
              StatusIs(absl::StatusCode::kUnavailable, "EIO"));
  EXPECT_THAT(disk.Read("f", 10), IsOkAndHolds("abcdef"));
  ROWHOUSE_EXPECT_OK(Append(*file, "i"));
  disk.FailSync(3, absl::UnavailableError("EIO"));
  ROWHOUSE_EXPECT_OK(file->Sync());
  ROWHOUSE_EXPECT_OK(disk.SyncFile("f"));
  EXPECT_THAT(disk.SyncDirectory("."),
              StatusIs(absl::StatusCode::kUnavailable, "EIO"));
  EXPECT_EQ(disk.syncs(), 2);
}

TEST(MemDiskTest, AfterAFailedSyncOnlyBytesWrittenAgainAreSafe) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    MemDisk disk;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file, disk.Create("f"));
    ROWHOUSE_ASSERT_OK(disk.SyncDirectory("."));
    ROWHOUSE_ASSERT_OK(Append(*file, std::string(600, 'a')));
    ROWHOUSE_ASSERT_OK(file->Sync());
    const std::string twice(1200, 'b');
    ROWHOUSE_ASSERT_OK(file->WriteAt(0, {absl::Span<const char>(twice)}));
    disk.FailSync(1, absl::UnavailableError("EIO"));
    EXPECT_THAT(file->Sync(), StatusIs(absl::StatusCode::kUnavailable, "EIO"));
    ROWHOUSE_ASSERT_OK(file->Sync());
    EXPECT_THAT(disk.Read("f", 2000), IsOkAndHolds(twice));
    const std::string sector(512, 'c');
    ROWHOUSE_ASSERT_OK(file->WriteAt(512, {absl::Span<const char>(sector)}));
    ROWHOUSE_ASSERT_OK(file->Sync());
    disk.PowerCut(seed, MemDisk::Tear::kSectors);
    EXPECT_THAT(disk.Read("f", 2000),
                IsOkAndHolds(absl::StrCat(std::string(512, 'a'), sector,
                                          std::string(1200 - 1024, '\0'))));
  }
}

TEST(MemDiskTest, ACapacityCountsBytesAndReservations) {
  MemDisk disk;
  disk.SetCapacity(100);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto a, disk.Create("a"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto b, disk.Create("b"));
  ROWHOUSE_ASSERT_OK(a->Reserve(60));
  ROWHOUSE_ASSERT_OK(Append(*b, std::string(40, 'b')));
  const auto full =
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("100 of 100"));
  EXPECT_THAT(Append(*b, "x"), full);
  EXPECT_THAT(b->Reserve(41), full);
  ROWHOUSE_EXPECT_OK(Append(*a, std::string(60, 'a'))) << "it was reserved";
  EXPECT_THAT(Append(*a, "x"), full);
  ROWHOUSE_ASSERT_OK(disk.Remove("b"));
  ROWHOUSE_EXPECT_OK(Append(*a, "x"));
}

TEST(MemDiskTest, AReservationOutlivesAKilledProcessUntilItIsDropped) {
  MemDisk disk;
  disk.SetCapacity(100);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto ended, disk.Create("ended"));
  ROWHOUSE_ASSERT_OK(ended->Reserve(100));
  ended.reset();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto killed, disk.Create("killed"));
  ROWHOUSE_ASSERT_OK(killed->Reserve(100));
  ROWHOUSE_ASSERT_OK(Append(*killed, "12345"));
  disk.Kill();
  killed.reset();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto next, disk.Create("next"));
  EXPECT_THAT(next->Reserve(1), StatusIs(absl::StatusCode::kResourceExhausted));
  ROWHOUSE_ASSERT_OK(disk.DropReservation("killed"));
  EXPECT_THAT(disk.Read("killed", 10), IsOkAndHolds("12345"));
  ROWHOUSE_EXPECT_OK(next->Reserve(95));
  EXPECT_THAT(disk.DropReservation("none"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(MemDiskTest, FingerprintsTellContentsAndWhatACrashWouldTake) {
  const auto make = [](bool append, bool sync, bool names) {
    MemDisk disk;
    ROWHOUSE_EXPECT_OK(disk.MakeDirectory("d"));
    auto file = disk.Create("d/f");
    absl::Status status;
    if (append) status.Update(Append(**file, "abc"));
    if (sync) status.Update((*file)->Sync());
    if (names) status.Update(disk.SyncDirectory("d"));
    ROWHOUSE_EXPECT_OK(status);
    return disk.Fingerprint();
  };
  EXPECT_EQ(make(true, true, true), make(true, true, true));
  std::set<std::uint64_t> different;
  for (int i = 0; i < 8; ++i) {
    // Without content there is nothing to sync.
    if ((i & 3) == 2) continue;
    different.insert(make((i & 1) != 0, (i & 2) != 0, (i & 4) != 0));
  }
  EXPECT_EQ(different.size(), 6u);
}

TEST(MemDiskTest, ReadsWholesAndPieces) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "f", "0123456789"));
  EXPECT_THAT(disk.Read("f", 10), IsOkAndHolds("0123456789"));
  EXPECT_THAT(disk.Read("f", 9),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(disk.ReadPiece("f", 8, 5), IsOkAndHolds("89"));
  EXPECT_THAT(disk.ReadPiece("f", 10, 5), IsOkAndHolds(""));
  EXPECT_THAT(disk.ReadPiece("none", 0, 5),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FileInfo file, disk.Stat("f"));
  EXPECT_EQ(file.bytes, 10);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const FileInfo root, disk.Stat("."));
  EXPECT_TRUE(root.directory);
  EXPECT_THAT(disk.Stat("none"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.Create("f"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(disk.Create("none/f"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.Remove("none"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.List("none"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(MemDiskTest, ALinkIsASecondNameAndTakesNoRoom) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("d"));
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "f", "12345"));
  disk.SetCapacity(5);
  ROWHOUSE_ASSERT_OK(disk.Link("f", "d/g"));
  EXPECT_THAT(disk.Link("f", "d/g"),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(disk.Link("none", "d/h"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.Link("f", "none/h"), StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK(disk.SyncDirectory("d"));
  ROWHOUSE_ASSERT_OK(disk.Remove("f"));
  disk.PowerCut(1, MemDisk::Tear::kSectors);
  EXPECT_THAT(disk.Read("d/g", 10), IsOkAndHolds("12345"));
}

TEST(MemDiskTest, NamesInTwoFileSystemsAreNeitherLinkedNorRenamed) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(disk.MakeDirectory("other"));
  disk.Mount("other");
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "f", "12345"));
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk, "other/f", "12345"));
  const auto refused = StatusIs(absl::StatusCode::kUnimplemented);
  EXPECT_THAT(disk.Link("f", "other/g"), refused);
  EXPECT_THAT(disk.Rename("f", "other/g"), refused);
  EXPECT_THAT(disk.Rename("other/f", "g"), refused);
  ROWHOUSE_EXPECT_OK(disk.Link("other/f", "other/g"));
  ROWHOUSE_EXPECT_OK(disk.Rename("other/f", "other/h"));
}

}  // namespace
}  // namespace rowhouse::storage
