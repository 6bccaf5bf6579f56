// Shard::PrepareCheckpoint, CommitCheckpoint and ListCheckpoints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "base/limits.h"
#include "shard/shard.h"
#include "storage/checkpoint.h"
#include "storage/mem_row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class CheckpointTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
    ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1, 2, 3}));
  }
  Shard& shard() { return *process_.shard; }

  Machine machine_;
  Process process_;
  Trainer trainer_;
};

TEST_F(CheckpointTest, ExistsOnceItIsCommitted) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().PrepareCheckpoint("c1"));
  EXPECT_EQ(part.index, ShardIndex(0));
  EXPECT_EQ(part.rows, 3u);
  EXPECT_GT(part.bytes, 0u);
  EXPECT_EQ(part.manifest_sha256.size(), 64u);
  EXPECT_THAT(shard().ListCheckpoints(), IsOkAndHolds(IsEmpty()));
  machine_.clock().Set(absl::FromUnixSeconds(1'800'000'000));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info,
                                shard().CommitCheckpoint("c1", {part}));
  EXPECT_EQ(info.name, "c1");
  EXPECT_EQ(info.created, absl::FromUnixSeconds(1'800'000'000));
  EXPECT_EQ(info.rows, 3u);
  EXPECT_EQ(info.bytes, part.bytes);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto all, shard().ListCheckpoints());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "c1");
}

TEST_F(CheckpointTest, HoldsEveryPushUpToItsCutAndNoneAfter) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().PrepareCheckpoint("c1"));
  const Lsn cut = shard().Info().last_lsn;
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  ROWHOUSE_ASSERT_OK(shard().WriteBack());
  const std::string path =
      storage::ShardCheckpointPath("/checkpoints", "c1", ShardIndex(0), 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const storage::ShardManifest manifest,
      storage::ReadShardCheckpoint(machine_.disk(), path, part));
  EXPECT_EQ(manifest.cut, cut);
  EXPECT_EQ(manifest.data_incarnation, 1000u);
  ASSERT_EQ(manifest.tables.size(), 1u);
  EXPECT_EQ(manifest.tables[0].table.spec, CounterSpec("t"));
  EXPECT_EQ(manifest.tables[0].rows, 3u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto rows,
      storage::OpenMemRowStore(machine_.disk(), path + "/rows", true));
  std::size_t count = 0;
  ROWHOUSE_ASSERT_OK(rows->Scan(
      TableIncarnation(5), {0, kBuckets}, [&](const storage::RowImage& row) {
        ++count;
        EXPECT_THAT(row.values, ElementsAre(1, 1)) << row.id;
        EXPECT_LE(row.lsn, cut);
        return absl::OkStatus();
      }));
  EXPECT_EQ(count, 3u);
}

// A push comes after the rows were written back and before pushes wait: it is
// below the cut, so the part has it.
TEST_F(CheckpointTest, HoldsAPushThatComesWhileRowsAreWritten) {
  int pushes = 0;
  process_.disk->OnRename([&](const std::string& to) {
    if (!absl::EndsWith(to, "/WATERMARKS") || ++pushes > 1) return;
    ROWHOUSE_EXPECT_OK(trainer_.Count(shard(), "t", {3, 4}));
  });
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().PrepareCheckpoint("c1"));
  ASSERT_EQ(pushes, 1) << "the watermarks were not written on the way";
  EXPECT_EQ(part.rows, 4u);
  const std::string path =
      storage::ShardCheckpointPath("/checkpoints", "c1", ShardIndex(0), 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const storage::ShardManifest manifest,
      storage::ReadShardCheckpoint(machine_.disk(), path, part));
  EXPECT_EQ(manifest.cut, shard().Info().last_lsn);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto rows,
      storage::OpenMemRowStore(machine_.disk(), path + "/rows", true));
  std::map<Id, float> stored;
  ROWHOUSE_ASSERT_OK(rows->Scan(TableIncarnation(5), {0, kBuckets},
                                [&](const storage::RowImage& row) {
                                  stored[row.id] = row.values[0];
                                  return absl::OkStatus();
                                }));
  EXPECT_THAT(stored,
              ElementsAre(Pair(1, 1), Pair(2, 1), Pair(3, 2), Pair(4, 1)));
}

TEST_F(CheckpointTest, AnUnansweredCommitDoesNotUseTheNameUp) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint lost,
                                shard().PrepareCheckpoint("c1"));
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {4}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().PrepareCheckpoint("c1"));
  EXPECT_EQ(part.rows, lost.rows + 1);
  // What the first attempt knows of its part is not this one.
  EXPECT_THAT(shard().CommitCheckpoint("c1", {lost}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("is not the one that was reported")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointInfo info,
                                shard().CommitCheckpoint("c1", {part}));
  EXPECT_EQ(info.rows, 4u);
}

TEST_F(CheckpointTest, ACheckpointIsInTheWay) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().PrepareCheckpoint("c1"));
  ROWHOUSE_ASSERT_OK(shard().CommitCheckpoint("c1", {part}));
  EXPECT_THAT(shard().PrepareCheckpoint("c1"),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("checkpoint 'c1' exists")));
  EXPECT_THAT(shard().CommitCheckpoint("c1", {part}),
              StatusIs(absl::StatusCode::kAlreadyExists));
  ROWHOUSE_EXPECT_OK(storage::ReadShardCheckpoint(
      machine_.disk(),
      storage::ShardCheckpointPath("/checkpoints", "c1", ShardIndex(0), 1),
      part));
}

TEST_F(CheckpointTest, WhatACrashLeftOfAPartIsNotInTheWay) {
  const std::string path =
      storage::ShardCheckpointPath("/checkpoints", "c1", ShardIndex(0), 1);
  ROWHOUSE_ASSERT_OK(machine_.disk().MakeDirectory(path + "/rows"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                shard().PrepareCheckpoint("c1"));
  ROWHOUSE_EXPECT_OK(shard().CommitCheckpoint("c1", {part}));
}

TEST_F(CheckpointTest, AFailedPartIsRemovedAndTheShardGoesOn) {
  machine_.disk().SetCapacity(1u << 20);
  EXPECT_THAT(shard().PrepareCheckpoint("c1"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(machine_.disk().Exists(storage::ShardCheckpointPath(
                  "/checkpoints", "c1", ShardIndex(0), 1)),
              IsOkAndHolds(false));
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  machine_.disk().SetCapacity(1u << 30);
  ROWHOUSE_EXPECT_OK(shard().PrepareCheckpoint("c1"));
}

TEST_F(CheckpointTest, CommitWantsEveryPartOnce) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(ShardCheckpoint part,
                                shard().PrepareCheckpoint("c1"));
  EXPECT_THAT(shard().CommitCheckpoint("c1", {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "checkpoint 'c1' of 0 parts, expected 1"));
  part.index = ShardIndex(1);
  EXPECT_THAT(shard().CommitCheckpoint("c1", {part}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "checkpoint 'c1' has a part of shard 1, expected 0"));
  EXPECT_THAT(shard().CommitCheckpoint("c2", {{.index = ShardIndex(0)}}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CheckpointTest, NamesThatAreNoDirectoriesAreRefused) {
  for (const char* name : {"", "../c", ".c", "a/b"}) {
    EXPECT_THAT(shard().PrepareCheckpoint(name),
                StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(shard().CommitCheckpoint(name, {}),
                StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(shard().BeginRestore(name, 1, true),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace rowhouse::shard
