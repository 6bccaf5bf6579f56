#include "storage/checkpoint_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

class CheckpointPartTest : public CheckpointFilesTest {};

TEST_F(CheckpointPartTest, IsReadBackAsItWasMade) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part, MakePart(1));
  EXPECT_EQ(part.index, ShardIndex(1));
  EXPECT_EQ(part.rows, 30);
  const std::string manifest =
      disk_.Read(PartPath(1) + "/MANIFEST", 1 << 20).value();
  EXPECT_EQ(part.manifest_sha256, Sha256(manifest));
  EXPECT_EQ(part.bytes, 2 * 10 + manifest.size());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardManifest read,
                                ReadShardCheckpoint(disk_, PartPath(1), part));
  EXPECT_EQ(read.index, ShardIndex(1));
  ASSERT_THAT(read.files, SizeIs(2));
  EXPECT_EQ(read.files[0].path, "rows/a.sst");
  EXPECT_EQ(read.files[0].bytes, 10);
  EXPECT_EQ(read.files[0].sha256, Sha256("a.sst of 1"));
  EXPECT_EQ(read.files[1].path, "rows/b.sst");
  EXPECT_THAT(disk_.Exists("staged"), IsOkAndHolds(false));
}

TEST_F(CheckpointPartTest, OfAnAttemptThatNeverCameGivesWay) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo lost, MakeParts());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info,
                                MakeParts("day-1", 501));
  // Of the first attempt nothing can become a checkpoint any more.
  EXPECT_THAT(Commit(lost), StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("shard 0 of 2 is not the one")));
  ROWHOUSE_ASSERT_OK(Commit(info));
  EXPECT_THAT(disk_.List("checkpoints/day-1"),
              IsOkAndHolds(ElementsAre("MANIFEST", "shard-00000-of-00002",
                                       "shard-00001-of-00002")));
}

TEST_F(CheckpointPartTest, OfACheckpointIsNotTouchedByASecondOfItsName) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(Commit(info));
  EXPECT_THAT(MakePart(1),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "checkpoint 'day-1' exists in checkpoints"));
  EXPECT_THAT(RemovePart(disk_, Place(1)),
              StatusIs(absl::StatusCode::kAlreadyExists));
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]));
  // Nor by one that cannot read what makes it one.
  disk_.Damage("checkpoints/day-1/MANIFEST", "scratched");
  EXPECT_THAT(RemovePart(disk_, Place(1)),
              StatusIs(absl::StatusCode::kDataLoss));
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]));
}

TEST_F(CheckpointPartTest, TheLastOneRemovedTakesTheNameWithIt) {
  ROWHOUSE_ASSERT_OK(MakeParts().status());
  ROWHOUSE_ASSERT_OK(RemovePart(disk_, Place(0)));
  EXPECT_THAT(disk_.List("checkpoints/day-1"),
              IsOkAndHolds(ElementsAre("shard-00001-of-00002")));
  ROWHOUSE_ASSERT_OK(RemovePart(disk_, Place(1)));
  EXPECT_THAT(disk_.List(kRoot), IsOkAndHolds(IsEmpty()));
  ROWHOUSE_EXPECT_OK(RemovePart(disk_, Place(1)));
}

// A commit that hangs while somebody begins anew: there is the checkpoint with
// all its parts, or there is none and its name is free.
TEST_F(CheckpointPartTest, ACommitAndANewAttemptNeverMakeHalfACheckpoint) {
  int committed = 0;
  int begun = 0;
  const auto check = [&](const CheckpointInfo& info, const absl::Status& commit,
                         const absl::Status& begin) {
    const auto read = ReadCheckpoint(disk_, kRoot, info.name);
    if (commit.ok()) {
      ++committed;
      ROWHOUSE_EXPECT_OK(read);
      EXPECT_THAT(begin, StatusIs(absl::StatusCode::kAlreadyExists));
      ROWHOUSE_EXPECT_OK(
          ReadShardCheckpoint(disk_, PartPath(1, info.name), info.shards[1]));
    } else {
      ++begun;
      EXPECT_THAT(commit, StatusIs(absl::StatusCode::kFailedPrecondition));
      EXPECT_THAT(read, StatusIs(absl::StatusCode::kNotFound));
      ROWHOUSE_EXPECT_OK(begin);
    }
  };
  for (const bool commit_is_cut : {true, false}) {
    for (int n = 1;; ++n) {
      const std::string name = absl::StrCat(commit_is_cut ? "c-" : "b-", n);
      const std::string staged = absl::StrCat("staged-", name);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts(name));
      ROWHOUSE_ASSERT_OK(Stage(staged, Manifest(1, 501)).status());
      absl::Status commit, begin;
      const auto run = [&](Disk& disk, bool is_commit) {
        if (is_commit) {
          commit = Commit(disk, info);
        } else {
          begin = PublishPart(disk, staged, Place(1, name));
        }
      };
      int steps = 0;
      SteppedDisk cut(disk_, [&](const std::string&) {
        if (++steps == n) run(disk_, !commit_is_cut);
      });
      run(cut, commit_is_cut);
      if (steps < n) break;
      SCOPED_TRACE(name);
      check(info, commit, begin);
    }
  }
  EXPECT_GT(committed, 3);
  EXPECT_GT(begun, 3);
}

TEST_F(CheckpointPartTest, ThatACrashLeftAsideComesBack) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(Commit(info));
  ROWHOUSE_ASSERT_OK(disk_.Rename(PartPath(1), PartPath(1) + ".old"));
  EXPECT_THAT(RemovePart(disk_, Place(1)),
              StatusIs(absl::StatusCode::kAlreadyExists));
  disk_.PowerCut(5, MemDisk::Tear::kSectors);
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]));
}

// Its shard was killed between the commit and its look for it.
TEST_F(CheckpointPartTest, ThatACrashLeftAsideIsReadFromItsPlace) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(Commit(info));
  const std::string aside = PartPath(1) + ".old";
  ROWHOUSE_ASSERT_OK(disk_.Rename(PartPath(1), aside));
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]));
  EXPECT_THAT(disk_.Exists(aside), IsOkAndHolds(false));
  // Whoever looks removes nothing.
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(aside));
  ROWHOUSE_ASSERT_OK(disk_.Remove(PartPath(1) + "/MANIFEST"));
  EXPECT_THAT(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("is missing")));
  EXPECT_THAT(disk_.Exists(aside), IsOkAndHolds(true));
}

// Two that restore the checkpoint find it aside.
TEST_F(CheckpointPartTest, ThatACrashLeftAsideComesBackOnceForAll) {
  for (int n = 1;; ++n) {
    const std::string name = absl::StrCat("c-", n);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts(name));
    ROWHOUSE_ASSERT_OK(Commit(info));
    const std::string path = PartPath(1, name);
    ROWHOUSE_ASSERT_OK(disk_.Rename(path, path + ".old"));
    int steps = 0;
    SteppedDisk cut(disk_, [&](const std::string&) {
      if (++steps != n) return;
      ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, path, info.shards[1]));
    });
    ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(cut, path, info.shards[1])) << n;
    if (steps < n) break;
  }
}

TEST_F(CheckpointPartTest, WhatAnAttemptLeftIsRemoved) {
  // A copy that was begun.
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(PartPath(1) + ".new/rows"));
  ROWHOUSE_ASSERT_OK(RemoveAttempt(disk_, Place(1), 4));
  EXPECT_THAT(disk_.List(kRoot), IsOkAndHolds(IsEmpty()));
  ROWHOUSE_EXPECT_OK(RemoveAttempt(disk_, Place(1), 4));

  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(PartPath(1) + ".new/rows"));
  ROWHOUSE_ASSERT_OK(disk_.Rename(PartPath(1), PartPath(1) + ".old"));
  // Of another attempt: it is not removed, but in its place.
  ROWHOUSE_ASSERT_OK(RemoveAttempt(disk_, Place(1), 5));
  EXPECT_THAT(disk_.List("checkpoints/day-1"),
              IsOkAndHolds(
                  ElementsAre("shard-00000-of-00002", "shard-00001-of-00002")));
  ROWHOUSE_ASSERT_OK(disk_.Rename(PartPath(1), PartPath(1) + ".old"));
  ROWHOUSE_ASSERT_OK(RemoveAttempt(disk_, Place(1), 4));
  EXPECT_THAT(disk_.List("checkpoints/day-1"),
              IsOkAndHolds(ElementsAre("shard-00000-of-00002")));

  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo whole, MakeParts());
  ROWHOUSE_ASSERT_OK(Commit(whole));
  ROWHOUSE_ASSERT_OK(disk_.Rename(PartPath(1), PartPath(1) + ".old"));
  EXPECT_THAT(RemoveAttempt(disk_, Place(1), 4),
              StatusIs(absl::StatusCode::kAlreadyExists));
  ROWHOUSE_EXPECT_OK(ReadShardManifest(disk_, PartPath(1)));
}

// Whoever gives a checkpoint up tells all shards at once.
TEST_F(CheckpointPartTest, WhatTwoShardsLeftIsRemovedByBothAtOnce) {
  for (int n = 1;; ++n) {
    const std::string name = absl::StrCat("c-", n);
    ROWHOUSE_ASSERT_OK(MakeParts(name).status());
    int steps = 0;
    SteppedDisk cut(disk_, [&](const std::string&) {
      if (++steps != n) return;
      ROWHOUSE_EXPECT_OK(RemoveAttempt(disk_, Place(0, name), 4)) << n;
    });
    ROWHOUSE_EXPECT_OK(RemoveAttempt(cut, Place(1, name), 4)) << n;
    if (steps < n) break;
    EXPECT_THAT(disk_.List(kRoot), IsOkAndHolds(IsEmpty())) << n;
  }
}

// A commit looks at the part's manifest alone.
TEST_F(CheckpointPartTest, DeletedWhileItIsCopiedItIsWholeOrNotThere) {
  disk_.Mount(kRoot);
  int whole = 0;
  int gone = 0;
  for (int n = 1;; ++n) {
    const std::string name = absl::StrCat("c-", n);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                  Stage("staged", Manifest(1)));
    int steps = 0;
    SteppedDisk cut(disk_, [&](const std::string&) {
      if (++steps == n) DeleteUnfinished(disk_, kRoot, name).IgnoreError();
    });
    const absl::Status published = PublishPart(cut, "staged", Place(1, name));
    SCOPED_TRACE(absl::StrCat(name, ": ", published.ToString()));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const bool there,
                                  disk_.Exists(PartPath(1, name)));
    whole += there ? 1 : 0;
    gone += there ? 0 : 1;
    if (there) {
      ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1, name), part));
    } else {
      EXPECT_GE(steps, n);
    }
    if (steps < n) break;
    // Or the next one would look at more of them each time.
    ROWHOUSE_ASSERT_OK(disk_.RemoveAll(kRoot));
  }
  EXPECT_GT(whole, 3);
  EXPECT_GT(gone, 3);
}

TEST_F(CheckpointPartTest, EveryChangeIsFound) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part, MakePart(0));
  const auto read = [&] {
    return ReadShardCheckpoint(disk_, PartPath(0), part).status();
  };
  for (const char* file : {"/rows/a.sst", "/rows/b.sst", "/MANIFEST"}) {
    const std::string path = PartPath(0) + file;
    const auto damage = StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path));
    const std::string content = disk_.Read(path, 1 << 20).value();
    for (std::size_t i = 0; i < content.size(); ++i) {
      std::string damaged = content;
      damaged[i] ^= 1;
      disk_.Damage(path, damaged);
      EXPECT_THAT(read(), damage) << i;
      disk_.Damage(path, content.substr(0, i));
      EXPECT_THAT(read(), damage) << i;
    }
    disk_.Damage(path, content);
    ROWHOUSE_ASSERT_OK(read());
    ROWHOUSE_ASSERT_OK(disk_.Rename(path, "kept"));
    EXPECT_THAT(read(), damage) << "missing";
    ROWHOUSE_ASSERT_OK(disk_.Rename("kept", path));
  }
}

TEST_F(CheckpointPartTest, AFileTooManyIsFound) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part, MakePart(0));
  for (const char* file : {"/rows/aa", "/rows/0.log", "/rows/z", "/x"}) {
    const std::string path = PartPath(0) + file;
    ROWHOUSE_ASSERT_OK(disk_.Create(path).status());
    EXPECT_THAT(ReadShardCheckpoint(disk_, PartPath(0), part),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr(path + ": is not in the manifest")));
    ROWHOUSE_ASSERT_OK(disk_.Remove(path));
  }
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(0), part));
}

TEST_F(CheckpointPartTest, SwappedOnesAreFound) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  EXPECT_THAT(ReadShardCheckpoint(disk_, PartPath(1), info.shards[0]),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(CheckpointPartTest, AnotherFileSystemGetsCopiesOfWhatItDoesNotHave) {
  disk_.Mount(kRoot);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo first, MakeParts("day-1"));
  ROWHOUSE_ASSERT_OK(Commit(first));
  for (const ShardCheckpoint& part : first.shards) {
    ROWHOUSE_EXPECT_OK(
        ReadShardCheckpoint(disk_, PartPath(part.index.value()), part));
  }
  EXPECT_THAT(disk_.Exists("staged"), IsOkAndHolds(false));
  // The rows are the same, the cut is another.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                Stage("staged", Manifest(0, 501)));
  ROWHOUSE_ASSERT_OK(PublishPart(disk_, "staged", Place(0, "day-2")));
  const std::string path = PartPath(0, "day-2");
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, path, part));
  // Linked, not copied: damage of one is damage of both.
  disk_.Damage(PartPath(0) + "/rows/a.sst", "a.sst of 1");
  EXPECT_THAT(ReadShardCheckpoint(disk_, path, part),
              StatusIs(absl::StatusCode::kDataLoss));
  // Of the first checkpoint nothing else is needed.
  disk_.Damage(PartPath(0) + "/rows/a.sst", "a.sst of 0");
  ROWHOUSE_ASSERT_OK(DeleteCheckpoint(disk_, kRoot, "day-1"));
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, path, part));
}

TEST_F(CheckpointPartTest, DigestsComeBack) {
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("part"));
  RowDigests digests;
  digests.Add(TableIncarnation(5), BucketId(7), {.rows = 2, .sum = 3});
  ROWHOUSE_ASSERT_OK(WriteDigests(disk_, "part", digests));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const RowDigests read,
                                ReadDigests(disk_, "part"));
  ROWHOUSE_EXPECT_OK(
      read.CheckEqual(digests, TableIncarnation(5), {0, 16384}, "part"));
  EXPECT_EQ(read.rows(TableIncarnation(5)), 2);
  disk_.Damage("part/DIGESTS", "scratched");
  EXPECT_THAT(ReadDigests(disk_, "part"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("part/DIGESTS")));
}

}  // namespace
}  // namespace rowhouse::storage
