#include "storage/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "storage/sha256.h"
#include "tests/storage/checkpoint_files.h"
#include "tests/storage/stepped_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CheckpointTest : public CheckpointFilesTest {};

TEST_F(CheckpointTest, NamesAreNamesOfDirectories) {
  for (const char* name : {"a", "0", "Day-1_b.c", "x..y"}) {
    ROWHOUSE_EXPECT_OK(ValidateCheckpointName(name)) << name;
  }
  ROWHOUSE_EXPECT_OK(ValidateCheckpointName(std::string(128, 'n')));
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("-a"),
        std::string("_a"), std::string("a/b"), std::string("a b"),
        std::string("a\0b", 3), std::string("\xc3\xa9"),
        std::string(129, 'n')}) {
    EXPECT_THAT(ValidateCheckpointName(name),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(CheckpointTest, PartsHaveFixedNames) {
  EXPECT_EQ(ShardCheckpointPath("root", "n", ShardIndex(3), 1024),
            "root/n/shard-00003-of-01024");
}

TEST_F(CheckpointTest, ItExistsOnceItIsCommitted) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "day-1"),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto list, ListCheckpoints(disk_, kRoot));
  EXPECT_THAT(list.complete, IsEmpty());
  EXPECT_THAT(list.unreadable, IsEmpty());
  ROWHOUSE_ASSERT_OK(Commit(info));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo read,
                                ReadCheckpoint(disk_, kRoot, "day-1"));
  EXPECT_EQ(read.name, "day-1");
  EXPECT_EQ(read.created, absl::FromUnixMicros(1234567));
  EXPECT_EQ(read.snapshot_epoch, 4);
  EXPECT_EQ(read.rows, 60);
  EXPECT_EQ(read.bytes, info.bytes);
  ASSERT_THAT(read.shards, SizeIs(2));
  EXPECT_EQ(read.shards[1].manifest_sha256, info.shards[1].manifest_sha256);
  EXPECT_THAT(Commit(info), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(CheckpointTest, WhatWasCommittedSurvivesAPowerCut) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(Commit(info));
  disk_.PowerCut(3, MemDisk::Tear::kSectors);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo read,
                                ReadCheckpoint(disk_, kRoot, "day-1"));
  for (const ShardCheckpoint& part : read.shards) {
    ROWHOUSE_EXPECT_OK(
        ReadShardCheckpoint(disk_, PartPath(part.index.value()), part));
  }
}

TEST_F(CheckpointTest, ACutWhileItIsMadeLeavesNone) {
  for (std::uint64_t n = 1;; ++n) {
    disk_.FailSync(n, absl::UnavailableError("cut"));
    const std::string name = absl::StrCat("try-", n);
    auto info = MakeParts(name);
    const absl::Status status = info.ok() ? Commit(*info) : info.status();
    disk_.FailSync(0, absl::OkStatus());
    disk_.PowerCut(n, MemDisk::Tear::kSectors);
    const auto read = ReadCheckpoint(disk_, kRoot, name);
    if (status.ok()) {
      ROWHOUSE_EXPECT_OK(read);
      EXPECT_GT(n, 10) << "files, directories and three manifests";
      break;
    }
    if (!read.ok()) {
      EXPECT_THAT(read, StatusIs(absl::StatusCode::kNotFound));
      continue;
    }
    for (const ShardCheckpoint& part : read->shards) {
      ROWHOUSE_EXPECT_OK(
          ReadShardCheckpoint(disk_, PartPath(part.index.value(), name), part));
    }
  }
}

TEST_F(CheckpointTest, EveryPartMustBeThere) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  CheckpointInfo wrong = info;
  wrong.shards[1].manifest_sha256 = Sha256("another");
  EXPECT_THAT(Commit(wrong),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 1 of 2 is not the one")));
  wrong = info;
  wrong.snapshot_epoch = 5;
  EXPECT_THAT(Commit(wrong),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("is the cut of epoch 4, not 5")));
  wrong = info;
  wrong.shards.erase(wrong.shards.begin());
  EXPECT_THAT(Commit(wrong), StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("shard 0 of 1 is not given")));
  ROWHOUSE_ASSERT_OK(disk_.Remove(PartPath(1) + "/MANIFEST"));
  EXPECT_THAT(Commit(info), StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("shard 1 of 2 is not there")));
}

TEST_F(CheckpointTest, ADamagedCheckpointIsFoundAndNeverListed) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(Commit(info));
  const std::string path = "checkpoints/day-1/MANIFEST";
  const std::string content = disk_.Read(path, 1 << 20).value();
  const auto damage = StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path));
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string damaged = content;
    damaged[i] ^= 64;
    disk_.Damage(path, damaged);
    EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "day-1"), damage) << i;
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto listing,
                                  ListCheckpoints(disk_, kRoot));
    EXPECT_THAT(listing.complete, IsEmpty()) << i;
    ASSERT_THAT(listing.unreadable, SizeIs(1)) << i;
    EXPECT_EQ(listing.unreadable[0].name, "day-1") << i;
    EXPECT_THAT(listing.unreadable[0].why, damage) << i;
  }
}

TEST_F(CheckpointTest, AnotherCheckpointsManifestIsFound) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(Commit(info));
  ROWHOUSE_ASSERT_OK(disk_.Rename("checkpoints/day-1", "checkpoints/day-2"));
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "day-2"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("'day-1'")));
}

TEST_F(CheckpointTest, OneThatWasNeverFinishedSaysSo) {
  ROWHOUSE_ASSERT_OK(MakeParts("half").status());
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "half"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("was begun and never finished")));
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "none"),
              StatusIs(absl::StatusCode::kNotFound,
                       "no complete checkpoint none in checkpoints"));
  ROWHOUSE_EXPECT_OK(CheckFree(disk_, kRoot, "half"));
}

TEST_F(CheckpointTest, DeletedItIsGoneWithAllItsFiles) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  EXPECT_THAT(DeleteCheckpoint(disk_, kRoot, "day-1"),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK(Commit(info));
  ROWHOUSE_ASSERT_OK(DeleteCheckpoint(disk_, kRoot, "day-1"));
  EXPECT_THAT(disk_.List(kRoot), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(DeleteCheckpoint(disk_, kRoot, "day-1"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(DeleteCheckpoint(disk_, kRoot, "../x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CheckpointTest, OneThatWasNeverFinishedIsDeletedWithAllItsFiles) {
  EXPECT_THAT(DeleteUnfinished(disk_, kRoot, "day-1"),
              StatusIs(absl::StatusCode::kNotFound,
                       "no complete checkpoint day-1 in checkpoints"));
  ROWHOUSE_ASSERT_OK(MakeParts().status());
  ROWHOUSE_ASSERT_OK(MakeParts("day-2").status());
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(PartPath(0) + ".old"));
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(PartPath(1) + ".new/rows"));
  ROWHOUSE_ASSERT_OK(
      WriteTemporary(disk_, "checkpoints/day-1/MANIFEST", "half"));
  ROWHOUSE_ASSERT_OK(DeleteUnfinished(disk_, kRoot, "day-1"));
  EXPECT_THAT(disk_.List(kRoot), IsOkAndHolds(ElementsAre("day-2")));
  // The rest of a deletion that was cut short.
  ROWHOUSE_ASSERT_OK(disk_.Rename("checkpoints/day-2", "checkpoints/.removed"));
  EXPECT_THAT(DeleteUnfinished(disk_, kRoot, "day-2"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk_.List(kRoot), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(DeleteUnfinished(disk_, kRoot, "../x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CheckpointTest, SomebodysDirectoryIsNotDeleted) {
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("checkpoints/mine/photos"));
  EXPECT_THAT(DeleteUnfinished(disk_, kRoot, "mine"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'photos'")));
  EXPECT_THAT(disk_.Exists("checkpoints/mine/photos"), IsOkAndHolds(true));
}

// Whoever makes it learns that it is not there, or it is deleted after.
TEST_F(CheckpointTest, ACommitBesideItsDeletionMakesNoHalfCheckpoint) {
  for (int n = 1;; ++n) {
    const std::string name = absl::StrCat("c-", n);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts(name));
    int steps = 0;
    SteppedDisk cut(disk_, [&](const std::string&) {
      if (++steps == n) {
        ROWHOUSE_EXPECT_OK(DeleteUnfinished(disk_, kRoot, name));
      }
    });
    const absl::Status commit = Commit(cut, info);
    if (steps < n) {
      ROWHOUSE_EXPECT_OK(commit);
      EXPECT_GT(n, 5) << "too few steps: the test is blind";
      break;
    }
    EXPECT_FALSE(commit.ok()) << n;
    EXPECT_THAT(disk_.List(kRoot), IsOkAndHolds(IsEmpty())) << n;
  }
}

TEST_F(CheckpointTest, ADamagedNeighbourHidesNoCheckpointOfTheList) {
  EXPECT_THAT(ListCheckpoints(disk_, "nowhere")->complete, IsEmpty());
  for (const char* name : {"b", "a"}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts(name));
    ROWHOUSE_ASSERT_OK(Commit(info));
  }
  ROWHOUSE_ASSERT_OK(MakeParts("half").status());
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("checkpoints/.hidden"));
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("checkpoints/b-copy"));
  ROWHOUSE_ASSERT_OK(
      CopyFile(disk_, "checkpoints/b/MANIFEST", "checkpoints/b-copy/MANIFEST"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto listing,
                                ListCheckpoints(disk_, kRoot));
  ASSERT_THAT(listing.unreadable, SizeIs(1));
  EXPECT_EQ(listing.unreadable[0].name, "b-copy");
  EXPECT_THAT(listing.unreadable[0].why,
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("'b'")));
  const auto& list = listing.complete;
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(list[0].name, "a");
  EXPECT_EQ(list[1].name, "b");
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "../x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace rowhouse::storage
