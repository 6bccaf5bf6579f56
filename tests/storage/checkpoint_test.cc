#include "storage/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "storage/mem_disk.h"
#include "storage/sha256.h"
#include "tests/storage/stepped_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kRoot[] = "checkpoints";

class CheckpointTest : public ::testing::Test {
 protected:
  std::string PartPath(std::uint32_t index, absl::string_view name = "day-1") {
    return ShardCheckpointPath(kRoot, name, ShardIndex(index), 2);
  }

  // A part with two files, as CopyTo would leave it: not synced.
  absl::StatusOr<ShardCheckpoint> MakePart(std::uint32_t index,
                                           absl::string_view name = "day-1") {
    const std::string path = PartPath(index, name);
    ROWHOUSE_RETURN_IF_ERROR(disk_.MakeDirectory(path + "/rows"));
    for (const char* file : {"b.sst", "a.sst"}) {
      ROWHOUSE_ASSIGN_OR_RETURN(
          const auto created, disk_.Create(absl::StrCat(path, "/rows/", file)));
      const std::string content = absl::StrCat(file, " of ", index);
      ROWHOUSE_RETURN_IF_ERROR(
          created->Append({absl::Span<const char>(content)}));
    }
    return FinishShardCheckpoint(disk_, path, Manifest(index));
  }

  static ShardManifest Manifest(std::uint32_t index) {
    ShardManifest manifest{.index = ShardIndex(index),
                           .shard_count = 2,
                           .data_incarnation = 0x77,
                           .cut = Lsn(500),
                           .snapshot_epoch = 4};
    for (const std::uint64_t rows : {10u, 20u}) {
      CheckpointTable table{.table = {.incarnation = TableIncarnation(rows)},
                            .rows = rows};
      table.table.spec.name = absl::StrCat("t", rows);
      table.table.spec.dim = 1;
      if (rows == 20) {
        table.steps = {.first = 3, .learning_rates = {0.5f}, .iterations = {8}};
      }
      manifest.tables.push_back(table);
    }
    return manifest;
  }

  // Both parts made and reported, not yet a checkpoint.
  absl::StatusOr<CheckpointInfo> MakeParts(absl::string_view name = "day-1") {
    CheckpointInfo info{.name = std::string(name),
                        .created = absl::FromUnixMicros(1234567),
                        .snapshot_epoch = 4};
    for (std::uint32_t index = 0; index < 2; ++index) {
      ROWHOUSE_ASSIGN_OR_RETURN(ShardCheckpoint part, MakePart(index, name));
      info.rows += part.rows;
      info.bytes += part.bytes;
      info.shards.push_back(std::move(part));
    }
    return info;
  }

  MemDisk disk_;
};

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

TEST_F(CheckpointTest, APartIsReadBackAsItWasMade) {
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
  EXPECT_EQ(read.shard_count, 2);
  EXPECT_EQ(read.data_incarnation, 0x77);
  EXPECT_EQ(read.cut, Lsn(500));
  EXPECT_EQ(read.snapshot_epoch, 4);
  ASSERT_THAT(read.tables, SizeIs(2));
  EXPECT_EQ(read.tables[1].table, Manifest(1).tables[1].table);
  EXPECT_EQ(read.tables[1].rows, 20);
  EXPECT_EQ(read.tables[0].steps, std::nullopt);
  EXPECT_EQ(read.tables[1].steps, Manifest(1).tables[1].steps);
  ASSERT_THAT(read.files, SizeIs(2));
  EXPECT_EQ(read.files[0].path, "rows/a.sst");
  EXPECT_EQ(read.files[0].bytes, 10);
  EXPECT_EQ(read.files[0].sha256, Sha256("a.sst of 1"));
  EXPECT_EQ(read.files[1].path, "rows/b.sst");
}

TEST_F(CheckpointTest, ItExistsOnceItIsCommitted) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "day-1"),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto list, ListCheckpoints(disk_, kRoot));
  EXPECT_THAT(list, IsEmpty());
  ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo read,
                                ReadCheckpoint(disk_, kRoot, "day-1"));
  EXPECT_EQ(read.name, "day-1");
  EXPECT_EQ(read.created, absl::FromUnixMicros(1234567));
  EXPECT_EQ(read.snapshot_epoch, 4);
  EXPECT_EQ(read.rows, 60);
  EXPECT_EQ(read.bytes, info.bytes);
  ASSERT_THAT(read.shards, SizeIs(2));
  EXPECT_EQ(read.shards[1].manifest_sha256, info.shards[1].manifest_sha256);
  EXPECT_THAT(CommitCheckpoint(disk_, kRoot, info),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(CheckpointTest, WhatWasCommittedSurvivesAPowerCut) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
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
    const absl::Status status =
        info.ok() ? CommitCheckpoint(disk_, kRoot, *info) : info.status();
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
  EXPECT_THAT(CommitCheckpoint(disk_, kRoot, wrong),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 1 of 2 is not the one")));
  wrong = info;
  wrong.shards.erase(wrong.shards.begin());
  EXPECT_THAT(CommitCheckpoint(disk_, kRoot, wrong),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 0 of 1 is not given")));
  ROWHOUSE_ASSERT_OK(disk_.Remove(PartPath(1) + "/MANIFEST"));
  EXPECT_THAT(CommitCheckpoint(disk_, kRoot, info),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 1 of 2 is not there")));
}

TEST_F(CheckpointTest, APartWhoseCommitNeverCameGivesWay) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo lost, MakeParts());
  for (std::uint32_t index = 0; index < 2; ++index) {
    EXPECT_THAT(
        BeginShardCheckpoint(disk_, kRoot, "day-1", ShardIndex(index), 2),
        IsOkAndHolds(PartPath(index)));
    EXPECT_THAT(disk_.List(PartPath(index)), IsOkAndHolds(IsEmpty()));
  }
  // Of the first attempt nothing can become a checkpoint any more.
  EXPECT_THAT(CommitCheckpoint(disk_, kRoot, lost),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 0 of 2 is not there")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
  EXPECT_THAT(disk_.List("checkpoints/day-1"),
              IsOkAndHolds(ElementsAre("MANIFEST", "shard-00000-of-00002",
                                       "shard-00001-of-00002")));
}

TEST_F(CheckpointTest, ACheckpointIsNotTouchedByASecondOfItsName) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
  EXPECT_THAT(BeginShardCheckpoint(disk_, kRoot, "day-1", ShardIndex(1), 2),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "checkpoint 'day-1' exists in checkpoints"));
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]));
  // Nor by one that cannot read what makes it one.
  disk_.Damage("checkpoints/day-1/MANIFEST", "scratched");
  EXPECT_THAT(BeginShardCheckpoint(disk_, kRoot, "day-1", ShardIndex(1), 2),
              StatusIs(absl::StatusCode::kDataLoss));
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]));
}

// A commit that hangs while somebody begins anew: there is the checkpoint with
// all its parts, or there is none and its name is free.
TEST_F(CheckpointTest, ACommitAndANewAttemptNeverMakeHalfACheckpoint) {
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
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts(name));
      absl::Status commit, begin;
      const auto run = [&](Disk& disk, bool is_commit) {
        if (is_commit) {
          commit = CommitCheckpoint(disk, kRoot, info);
        } else {
          begin = BeginShardCheckpoint(disk, kRoot, name, ShardIndex(1), 2)
                      .status();
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

TEST_F(CheckpointTest, APartThatACrashLeftAsideComesBack) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
  ROWHOUSE_ASSERT_OK(disk_.Rename(PartPath(1), PartPath(1) + ".old"));
  EXPECT_THAT(BeginShardCheckpoint(disk_, kRoot, "day-1", ShardIndex(1), 2),
              StatusIs(absl::StatusCode::kAlreadyExists));
  disk_.PowerCut(5, MemDisk::Tear::kSectors);
  ROWHOUSE_EXPECT_OK(ReadShardCheckpoint(disk_, PartPath(1), info.shards[1]));
}

TEST_F(CheckpointTest, EveryChangeOfAPartIsFound) {
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

TEST_F(CheckpointTest, AFileTooManyIsFound) {
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

TEST_F(CheckpointTest, SwappedPartsAreFound) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  EXPECT_THAT(ReadShardCheckpoint(disk_, PartPath(1), info.shards[0]),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(CheckpointTest, ADamagedCheckpointIsFoundAndNeverListed) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
  const std::string path = "checkpoints/day-1/MANIFEST";
  const std::string content = disk_.Read(path, 1 << 20).value();
  const auto damage = StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path));
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string damaged = content;
    damaged[i] ^= 64;
    disk_.Damage(path, damaged);
    EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "day-1"), damage) << i;
    EXPECT_THAT(ListCheckpoints(disk_, kRoot), damage) << i;
  }
}

TEST_F(CheckpointTest, AnotherCheckpointsManifestIsFound) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts());
  ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
  ROWHOUSE_ASSERT_OK(disk_.Rename("checkpoints/day-1", "checkpoints/day-2"));
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "day-2"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("'day-1'")));
}

TEST_F(CheckpointTest, TheListIsByNameAndCompleteOnly) {
  EXPECT_THAT(ListCheckpoints(disk_, "nowhere"), IsOkAndHolds(IsEmpty()));
  for (const char* name : {"b", "a"}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info, MakeParts(name));
    ROWHOUSE_ASSERT_OK(CommitCheckpoint(disk_, kRoot, info));
  }
  ROWHOUSE_ASSERT_OK(MakeParts("half").status());
  ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("checkpoints/.hidden"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto list, ListCheckpoints(disk_, kRoot));
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(list[0].name, "a");
  EXPECT_EQ(list[1].name, "b");
  EXPECT_THAT(ReadCheckpoint(disk_, kRoot, "../x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace rowhouse::storage
