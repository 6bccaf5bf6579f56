#include "client/interchange/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <limits>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::HasSubstr;

std::string Content(const std::string& path) {
  const absl::StatusOr<InputFile> file = InputFile::Open(path);
  std::string content;
  if (!file.ok() || !file->Read(0, file->size(), content).ok()) return "?";
  return content;
}

std::size_t FilesIn(const std::string& directory) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    files += entry.exists() ? 1 : 0;
  }
  return files;
}

TEST(FileTest, ReadsPieces) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("f"), "0123456789"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const InputFile file,
                                InputFile::Open(dir.File("f")));
  EXPECT_EQ(file.size(), 10);
  std::string piece;
  ROWHOUSE_ASSERT_OK(file.Read(3, 4, piece));
  EXPECT_EQ(piece, "3456");
  ROWHOUSE_ASSERT_OK(file.Read(10, 0, piece));
  EXPECT_EQ(piece, "");
}

TEST(FileTest, NothingIsReadOrAllocatedBeyondTheEnd) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("f"), "0123456789"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const InputFile file,
                                InputFile::Open(dir.File("f")));
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  std::string piece;
  for (const auto& [offset, bytes] :
       {std::pair<std::uint64_t, std::uint64_t>{3, 8},
        {11, 0},
        {0, kMost},
        {kMost, 1},
        {kMost, kMost}}) {
    EXPECT_THAT(file.Read(offset, bytes, piece),
                StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("/f: ")));
  }
}

TEST(FileTest, WhatIsNoFileIsNotOpened) {
  const TempDir dir;
  EXPECT_THAT(InputFile::Open(dir.File("f")),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(InputFile::Open(dir.path()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_EQ(::mkfifo(dir.File("fifo").c_str(), 0600), 0);
  EXPECT_THAT(InputFile::Open(dir.File("fifo")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(FileTest, AFileThatShrinksIsOutOfRange) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("f"), "0123456789"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const InputFile file,
                                InputFile::Open(dir.File("f")));
  std::filesystem::resize_file(dir.File("f"), 4);
  std::string piece;
  EXPECT_THAT(file.Read(2, 4, piece), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(FileTest, TheNameStandsForAWholeFileOnly) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("f"), "old"));
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(OutputFile file,
                                  OutputFile::Create(dir.File("f")));
    ROWHOUSE_ASSERT_OK(file.WriteAt(0, "new content"));
    EXPECT_EQ(Content(dir.File("f")), "old");
    EXPECT_EQ(FilesIn(dir.path()), 2);
  }
  EXPECT_EQ(Content(dir.File("f")), "old");
  EXPECT_EQ(FilesIn(dir.path()), 1);
}

TEST(FileTest, PlacesMayBeWrittenInAnyOrder) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(OutputFile file,
                                OutputFile::Create(dir.File("f")));
  OutputFile moved = std::move(file);
  ROWHOUSE_ASSERT_OK(moved.WriteAt(6, "world"));
  ROWHOUSE_ASSERT_OK(moved.WriteAt(0, "hello"));
  ROWHOUSE_ASSERT_OK(moved.Commit());
  EXPECT_EQ(Content(dir.File("f")), std::string("hello\0world", 11));
  EXPECT_EQ(FilesIn(dir.path()), 1);
}

TEST(FileTest, TwoWritersDoNotMeet) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(OutputFile first,
                                OutputFile::Create(dir.File("f")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(OutputFile second,
                                OutputFile::Create(dir.File("f")));
  ROWHOUSE_ASSERT_OK(first.WriteAt(0, "first"));
  ROWHOUSE_ASSERT_OK(second.WriteAt(0, "second"));
  ROWHOUSE_ASSERT_OK(first.Commit());
  ROWHOUSE_ASSERT_OK(second.Commit());
  EXPECT_EQ(Content(dir.File("f")), "second");
}

TEST(FileTest, AMissingDirectoryIsNotFound) {
  const TempDir dir;
  EXPECT_THAT(OutputFile::Create(dir.File("no/f")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/f")));
}

TEST(FileTest, MakesDirectoriesThatAreNotThere) {
  const TempDir dir;
  const std::string deep = dir.File("a/b//c");
  ROWHOUSE_EXPECT_OK(MakeDirectories(deep));
  EXPECT_TRUE(IsDirectory(dir.File("a/b/c")));
  ROWHOUSE_EXPECT_OK(MakeDirectories(deep + "/"));
  ROWHOUSE_EXPECT_OK(MakeDirectories("."));
  ROWHOUSE_EXPECT_OK(MakeDirectories("/"));
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("f"), "x"));
  const absl::Status refused = MakeDirectories(dir.File("f/g"));
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("make directory " + dir.File("f")));
}

TEST(FileTest, Paths) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(JoinPath("a", "/b"), "/b");
  EXPECT_EQ(DirectoryOf("a/b/c"), "a/b");
  EXPECT_EQ(DirectoryOf("c"), ".");
  EXPECT_EQ(DirectoryOf("/c"), "/");
  const TempDir dir;
  EXPECT_TRUE(IsDirectory(dir.path()));
  EXPECT_FALSE(IsDirectory(dir.File("no")));
}

}  // namespace
}  // namespace rowhouse::interchange
