#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/disk.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PosixDiskTest : public ::testing::Test {
 protected:
  std::string Path(absl::string_view name) { return directory_.File(name); }

  static mode_t ModeOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 0777;
  }

  static struct stat StatOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info;
  }

  TempDir directory_;
  Disk& disk_ = PosixDisk();
};

TEST_F(PosixDiskTest, AppendsPiecesInOrder) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.Create(Path("f")));
  const std::string a = "abc";
  const std::string b = "de";
  ROWHOUSE_ASSERT_OK(
      file->Append({absl::Span<const char>(a), absl::Span<const char>(),
                    absl::Span<const char>(b)}));
  ROWHOUSE_ASSERT_OK(file->Append({}));
  ROWHOUSE_ASSERT_OK(file->Append({absl::Span<const char>(a)}));
  ROWHOUSE_ASSERT_OK(file->Sync());
  EXPECT_THAT(disk_.Read(Path("f"), 8), IsOkAndHolds("abcdeabc"));
  EXPECT_THAT(disk_.Read(Path("f"), 7),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("8 bytes, at most 7")));
  EXPECT_THAT(disk_.ReadPiece(Path("f"), 6, 100), IsOkAndHolds("bc"));
  EXPECT_THAT(disk_.ReadPiece(Path("f"), 100, 1), IsOkAndHolds(""));
}

TEST_F(PosixDiskTest, MorePiecesThanOneCallTakes) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.Create(Path("f")));
  const std::string piece = "xyz";
  const std::vector<absl::Span<const char>> pieces(3000, piece);
  ROWHOUSE_ASSERT_OK(file->Append(pieces));
  std::string expected;
  for (int i = 0; i < 3000; ++i) expected += piece;
  EXPECT_THAT(disk_.Read(Path("f"), 1 << 20), IsOkAndHolds(expected));
}

TEST_F(PosixDiskTest, AReservationIsNotInTheSizeAndIsGivenBack) {
  const std::string path = Path("f");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.Create(path));
  ROWHOUSE_ASSERT_OK(file->Reserve(1 << 20));
  const std::string piece = "xyz";
  ROWHOUSE_ASSERT_OK(file->Append({absl::Span<const char>(piece)}));
  EXPECT_EQ(StatOf(path).st_size, 3);
  file.reset();
  EXPECT_EQ(StatOf(path).st_size, 3);
  EXPECT_LT(StatOf(path).st_blocks * 512, 1 << 20);
}

// A killed process gives nothing back itself, so this file is made without one.
TEST_F(PosixDiskTest, WhatAKilledProcessReservedIsDroppedAndNotAByteChanged) {
  const std::string path = Path("f");
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, path, "xyz"));
  ASSERT_EQ(::link(path.c_str(), Path("linked").c_str()), 0);
  const int fd = ::open(path.c_str(), O_WRONLY);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20), 0);
  ::close(fd);
  ASSERT_GE(StatOf(path).st_blocks * 512, 1 << 20);
  ROWHOUSE_ASSERT_OK(disk_.DropReservation(path));
  EXPECT_LT(StatOf(path).st_blocks * 512, 1 << 20);
  EXPECT_THAT(disk_.Read(path, 10), IsOkAndHolds("xyz"));
  EXPECT_THAT(disk_.Read(Path("linked"), 10), IsOkAndHolds("xyz"));
  EXPECT_THAT(disk_.DropReservation(Path("none")),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk_.DropReservation(directory_.path()),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PosixDiskTest, WritesOverWhatIsThereAndOnBehindIt) {
  const std::string path = Path("f");
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, path, "0123456789"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.OpenToOverwrite(path));
  const std::string a = "ab";
  const std::string b = "cd";
  ROWHOUSE_ASSERT_OK(
      file->WriteAt(2, {absl::Span<const char>(a), absl::Span<const char>(b)}));
  EXPECT_THAT(disk_.Read(path, 100), IsOkAndHolds("01abcd6789"));
  ROWHOUSE_ASSERT_OK(file->WriteAt(9, {absl::Span<const char>(a)}));
  ROWHOUSE_ASSERT_OK(file->Append({absl::Span<const char>(b)}));
  ROWHOUSE_ASSERT_OK(file->Sync());
  file.reset();
  EXPECT_THAT(disk_.Read(path, 100), IsOkAndHolds("01abcd678abcd"));
  EXPECT_THAT(disk_.OpenToOverwrite(Path("none")),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk_.OpenToOverwrite(directory_.path()),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PosixDiskTest, AReservationBehindOldBytesIsGivenBackAndTheyStay) {
  const std::string path = Path("f");
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, path, "0123456789"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.OpenToOverwrite(path));
  ROWHOUSE_ASSERT_OK(file->Reserve(1 << 20));
  const std::string a = "ab";
  ROWHOUSE_ASSERT_OK(file->WriteAt(0, {absl::Span<const char>(a)}));
  file.reset();
  EXPECT_LT(StatOf(path).st_blocks * 512, 1 << 20);
  EXPECT_THAT(disk_.Read(path, 100), IsOkAndHolds("ab23456789"));
}

TEST_F(PosixDiskTest, AFileStaysWhileANameHasIt) {
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, Path("f"), "content"));
  ROWHOUSE_ASSERT_OK(disk_.Link(Path("f"), Path("g")));
  EXPECT_THAT(disk_.Link(Path("f"), Path("g")),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(disk_.Stat(Path("g"))->links, 2);
  ROWHOUSE_ASSERT_OK(disk_.Remove(Path("f")));
  EXPECT_EQ(disk_.Stat(Path("g"))->links, 1);
  EXPECT_THAT(disk_.Read(Path("g"), 10), IsOkAndHolds("content"));
}

TEST_F(PosixDiskTest, FilesAndDirectoriesAreTheOwnersOnly) {
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(Path("a/b/c")));
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(Path("a/b/c")));
  ROWHOUSE_ASSERT_OK(disk_.Create(Path("a/f")).status());
  EXPECT_EQ(ModeOf(Path("a")), 0700);
  EXPECT_EQ(ModeOf(Path("a/b/c")), 0700);
  EXPECT_EQ(ModeOf(Path("a/f")), 0600);
}

TEST_F(PosixDiskTest, ErrorsHaveTheirCodesAndThePath) {
  ROWHOUSE_ASSERT_OK(disk_.Create(Path("f")).status());
  const auto not_found =
      StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path("none")));
  EXPECT_THAT(disk_.Create(Path("f")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(Path("f"))));
  EXPECT_THAT(disk_.Read(Path("none"), 1), not_found);
  EXPECT_THAT(disk_.ReadPiece(Path("none"), 0, 1), not_found);
  EXPECT_THAT(disk_.Stat(Path("none")), not_found);
  EXPECT_THAT(disk_.SyncFile(Path("none")), not_found);
  EXPECT_THAT(disk_.Remove(Path("none")), not_found);
  EXPECT_THAT(disk_.Rename(Path("none"), Path("g")), not_found);
  EXPECT_THAT(disk_.List(Path("none")), not_found);
  EXPECT_THAT(disk_.SyncDirectory(Path("none")), not_found);
  EXPECT_THAT(disk_.MakeDirectory(Path("f")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("not a directory")));
  EXPECT_THAT(disk_.MakeDirectory(Path("f/below")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("Not a directory")));
  EXPECT_THAT(disk_.Read(directory_.path(), 1 << 20),
              StatusIs(absl::StatusCode::kUnavailable));
}

// The system says ENOENT of them although their parents are there.
TEST_F(PosixDiskTest, WhereNoDirectoryCanBeMadeIsSaidAndNotTriedForEver) {
  for (const char* path : {"/proc/nope", "/proc/nope/below"}) {
    EXPECT_THAT(disk_.MakeDirectory(path),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("mkdir /proc/nope: No such file")));
  }
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(Path("gone")));
  const int before = ::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::chdir(Path("gone").c_str()), 0);
  ROWHOUSE_ASSERT_OK(disk_.RemoveEmptyDirectory(Path("gone")));
  ROWHOUSE_ASSERT_OK(disk_.RemoveAll(Path("gone")));
  EXPECT_THAT(disk_.MakeDirectory("data/shard-0"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("mkdir data: No such file")));
  ASSERT_EQ(::fchdir(before), 0);
  ::close(before);
}

TEST_F(PosixDiskTest, ALinkIsNotFollowed) {
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, Path("secret"), "s"));
  ASSERT_EQ(::symlink(Path("secret").c_str(), Path("link").c_str()), 0);
  const auto refused = StatusIs(absl::StatusCode::kUnavailable);
  EXPECT_THAT(disk_.Read(Path("link"), 10), refused);
  EXPECT_THAT(disk_.ReadPiece(Path("link"), 0, 10), refused);
  EXPECT_THAT(disk_.Stat(Path("link")), refused);
  EXPECT_THAT(disk_.Lock(Path("link")), refused);
  EXPECT_THAT(disk_.Create(Path("link")),
              StatusIs(absl::StatusCode::kAlreadyExists));
  ROWHOUSE_ASSERT_OK(disk_.RemoveAll(Path("link")));
  EXPECT_THAT(disk_.Read(Path("secret"), 10), IsOkAndHolds("s"));
}

TEST_F(PosixDiskTest, AFifoIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo(Path("fifo").c_str(), 0600), 0);
  EXPECT_THAT(disk_.ReadPiece(Path("fifo"), 0, 10),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PosixDiskTest, ListsRenamesAndRemoves) {
  for (const char* name : {"d/b", "d/a", "d/.hidden"}) {
    ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(Path("d")));
    ROWHOUSE_ASSERT_OK(disk_.Create(Path(name)).status());
  }
  EXPECT_THAT(disk_.List(Path("d")),
              IsOkAndHolds(ElementsAre(".hidden", "a", "b")));
  ROWHOUSE_ASSERT_OK(disk_.Rename(Path("d/a"), Path("d/b")));
  ROWHOUSE_ASSERT_OK(disk_.Remove(Path("d/.hidden")));
  ROWHOUSE_ASSERT_OK(disk_.SyncDirectory(Path("d")));
  EXPECT_THAT(disk_.List(Path("d")), IsOkAndHolds(ElementsAre("b")));
  EXPECT_THAT(disk_.Exists(Path("d/b")), IsOkAndHolds(true));
  EXPECT_THAT(disk_.Exists(Path("d/b/below a file")), IsOkAndHolds(false));
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(Path("d/empty")));
  ROWHOUSE_ASSERT_OK(disk_.RemoveEmptyDirectory(Path("d")));
  EXPECT_THAT(disk_.Exists(Path("d/empty")), IsOkAndHolds(true));
  ROWHOUSE_ASSERT_OK(disk_.RemoveEmptyDirectory(Path("d/empty")));
  EXPECT_THAT(disk_.Exists(Path("d/empty")), IsOkAndHolds(false));
  ROWHOUSE_ASSERT_OK(disk_.RemoveAll(Path("d")));
  ROWHOUSE_ASSERT_OK(disk_.RemoveAll(Path("d")));
  EXPECT_THAT(disk_.Exists(Path("d")), IsOkAndHolds(false));
}

TEST_F(PosixDiskTest, ALockIsHeldOnceAlsoInOneProcess) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto lock, disk_.Lock(Path("LOCK")));
  EXPECT_THAT(
      disk_.Lock(Path("LOCK")),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(Path("LOCK"))));
  lock.reset();
  ROWHOUSE_EXPECT_OK(disk_.Lock(Path("LOCK")).status());
}

TEST_F(PosixDiskTest, AHardLinkIsASecondNameOfTheFile) {
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, Path("f"), "content"));
  ROWHOUSE_ASSERT_OK(disk_.Link(Path("f"), Path("g")));
  EXPECT_EQ(StatOf(Path("f")).st_ino, StatOf(Path("g")).st_ino);
  EXPECT_THAT(disk_.Link(Path("f"), Path("g")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("link ")));
  EXPECT_THAT(disk_.Link(Path("none"), Path("h")),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK(disk_.Remove(Path("f")));
  EXPECT_THAT(disk_.Read(Path("g"), 10), IsOkAndHolds("content"));
}

TEST_F(PosixDiskTest, TwoFileSystemsAreNeitherLinkedNorRenamedAcross) {
  const std::string file = Path("f");
  ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, file, "content"));
  EXPECT_THAT(disk_.Link("/proc/self/status", Path("g")),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("/proc/self/status as ")));
  EXPECT_THAT(disk_.Rename(file, "/proc/self/rowhouse"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("to /proc/self/rowhouse")));
  EXPECT_THAT(disk_.Read(file, 10), IsOkAndHolds("content"));
}

}  // namespace
}  // namespace rowhouse::storage
