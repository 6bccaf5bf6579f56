#include "shard/part_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"
#include "storage/checkpoint.h"
#include "storage/mem_row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableIncarnation kTable(5);

// A checkpoint of one shard: three pushes in its rows, two upon them, and one
// of the next epoch between the two.
class PartSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    ROWHOUSE_ASSERT_OK(process_->CreateTable(CounterSpec("t"), kTable));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer a, Trainer::Connect(shard()));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer b, Trainer::Connect(shard()));
    for (const Id id : {1, 2, 3}) {
      ROWHOUSE_ASSERT_OK(a.Count(shard(), "t", {id}));
    }
    ROWHOUSE_ASSERT_OK(process_->OpenCheckpoint("c", 0));
    ROWHOUSE_ASSERT_OK(a.Count(shard(), "t", {4}));
    ROWHOUSE_ASSERT_OK(a.Move(shard(), 1));
    ROWHOUSE_ASSERT_OK(a.Count(shard(), "t", {5}));
    ROWHOUSE_ASSERT_OK(b.Count(shard(), "t", {6}));
    ROWHOUSE_ASSERT_OK(b.Move(shard(), 1));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(part_, process_->CloseCheckpoint("c", 0));
  }
  Shard& shard() { return *process_.shard; }
  storage::MemDisk& disk() { return machine_.disk(); }

  absl::StatusOr<PartSource> Open() {
    const CheckpointInfo info = {.name = "c", .shards = {part_}};
    return PartSource::Open(
        disk(),
        [this](const std::string& path, bool read_only) {
          return storage::OpenMemRowStore(disk(), path, read_only);
        },
        "/checkpoints", info, 0);
  }
  // Makes the manifest vouch for what lies there now.
  void Vouch(const storage::ShardManifest& manifest) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(part_,
                                  storage::FinishPart(disk(), path_, manifest));
  }
  storage::ShardManifest Manifest() {
    return storage::ReadShardManifest(disk(), path_).value();
  }

  Machine machine_;
  Process process_;
  ShardCheckpoint part_;
  const std::string path_ =
      storage::ShardCheckpointPath("/checkpoints", "c", ShardIndex(0), 1);
};

TEST_F(PartSourceTest, HasTheCopyAndTheRecordsOfItsEpochUponIt) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PartSource source, Open());
  EXPECT_EQ(source.buckets(), (BucketRange{0, kBuckets}));
  EXPECT_EQ(source.Find(TableIncarnation(6)), nullptr);
  std::vector<Id> rows;
  ROWHOUSE_ASSERT_OK(
      source.Scan(kTable, {0, kBuckets}, [&](const storage::RowImage& row) {
        rows.push_back(row.id);
        return absl::OkStatus();
      }));
  EXPECT_THAT(rows, testing::UnorderedElementsAre(1, 2, 3));
  std::vector<Id> pushed;
  Lsn last;
  ROWHOUSE_ASSERT_OK(source.ForEachRecord(
      [&](RecordKind kind, Lsn lsn, const RecordDecoder& record) {
        EXPECT_EQ(kind, RecordKind::kPush);
        EXPECT_GT(lsn, last);
        last = lsn;
        if (lsn > source.Find(kTable)->after) {
          pushed.push_back(record.inputs()[0].bags.ids[0]);
        }
        return absl::OkStatus();
      }));
  EXPECT_THAT(pushed, ElementsAre(4, 6));
  EXPECT_LT(last, source.manifest().cut);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PartSource::Survey survey,
                                source.ReadJournal());
  EXPECT_EQ(survey.steps.at(kTable).count, 5u);
}

TEST_F(PartSourceTest, ChangedRowsAreFoundByTheirBucket) {
  storage::RowDigests digests;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PartSource before, Open());
  ROWHOUSE_ASSERT_OK(
      before.Scan(kTable, {0, kBuckets}, [&](const storage::RowImage& row) {
        if (row.id != 2) digests.Add(kTable, row);
        return absl::OkStatus();
      }));
  ROWHOUSE_ASSERT_OK(storage::WriteDigests(disk(), path_, digests));
  Vouch(Manifest());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PartSource source, Open());
  EXPECT_THAT(
      source.Scan(kTable, {0, kBuckets},
                  [](const storage::RowImage&) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(HasSubstr(path_ + "/rows: table 0000000000000005"),
                     HasSubstr("has 1 rows"), HasSubstr("expected 0"))));
}

TEST_F(PartSourceTest, AJournalThatDoesNotReachTheCutIsRefused) {
  storage::ShardManifest manifest = Manifest();
  manifest.cut = Lsn(manifest.cut.value() + 1);
  Vouch(manifest);
  EXPECT_THAT(Open()->ReadJournal(), StatusIs(absl::StatusCode::kDataLoss));

  manifest.cut = Lsn(manifest.cut.value() - 2);
  Vouch(manifest);
  EXPECT_THAT(Open()->ReadJournal(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("does not close the cut of epoch 0")));
}

TEST_F(PartSourceTest, AMissingSegmentIsRefused) {
  const storage::ShardManifest manifest = Manifest();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto names,
                                disk().List(path_ + "/journal"));
  for (const std::string& name : names) {
    ROWHOUSE_ASSERT_OK(disk().Remove(path_ + "/journal/" + name));
  }
  EXPECT_THAT(Open(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("is missing")));
  Vouch(manifest);
  EXPECT_THAT(
      Open()->ReadJournal(),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("a segment is missing")));
}

TEST_F(PartSourceTest, APartOfAnotherCutIsRefused) {
  storage::ShardManifest manifest = Manifest();
  manifest.snapshot_epoch = 3;
  Vouch(manifest);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kDataLoss,
                               HasSubstr("of a cut of epoch 3")));
}

}  // namespace
}  // namespace rowhouse::shard
