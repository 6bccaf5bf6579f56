// One lane whose memory is bounded: what goes, and what comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "shard/lane.h"
#include "storage/row_store.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;

// Memory for kFit rows of a counter.
class LaneMemoryTest : public testing::Test {
 protected:
  static constexpr Id kFit = 10;

  void SetUp() override {
    ROWHOUSE_ASSERT_OK(store_->CreateTable(table_.incarnation()));
    memory_.store = store_.get();
    memory_.bytes_max = memory_.lane_bytes_max = kFit * table_.row_bytes();
    memory_.fail = [this](const absl::Status& status) { failed_ = status; };
    lane_.AddTable(table_);
  }

  // Adds 1 to each of the rows.
  void Push(std::vector<Id> ids) {
    Pushed& push = pushes_.emplace_back();
    push.ids = std::move(ids);
    push.gradients.assign(push.ids.size(), 1.0f);
    ROWHOUSE_ASSERT_OK(push.work.FillGradients(
        {{&table_, {.ids = push.ids}, push.gradients}}, {0, kBuckets}, 1));
    push.work.set_lsn(Lsn(pushes_.size()));
    lane_.Enqueue(push.work);
    lane_.Drain(push.work.lsn());
  }

  // The two halves of a write-back.
  void Copy() {
    dirty_ = lane_.TakeDirty(table_);
    lane_.CopyImages(table_, dirty_, batch_);
  }
  void Write() {
    ROWHOUSE_ASSERT_OK(store_->Write(table_.incarnation(), batch_.images));
    lane_.MarkWritten(table_, dirty_);
  }

  bool InMemory(Id id) {
    return table_.rows(0).Find(id, table_.Hash(id)) != RowMap::kNoSlot;
  }
  // How often the rows were pushed, wherever they are.
  std::vector<float> Counts(const std::vector<Id>& ids) {
    Push(ids);
    std::vector<float> counts;
    for (const Id id : ids) {
      const RowMap& rows = table_.rows(0);
      counts.push_back(*rows.values(rows.Find(id, table_.Hash(id))) - 1);
    }
    return counts;
  }

  struct Pushed {
    std::vector<Id> ids;
    std::vector<float> gradients;
    PushWork work;
  };
  std::deque<Pushed> pushes_;
  const std::unique_ptr<storage::RowStore> store_ = storage::MakeMemRowStore();
  RowMemory memory_;
  absl::Status failed_;
  Table table_{CounterSpec("t", 1), TableIncarnation(1), 1};
  Lane lane_{0, {0, kBuckets}, &memory_};
  std::vector<DirtyRow> dirty_;
  ImageBatch batch_;
};

TEST_F(LaneMemoryTest, CleanRowsGoAndComeBackAsTheyWere) {
  Push({1, 2, 3, 4, 5, 6, 7, 8});
  Push({1});
  Copy();
  Write();
  EXPECT_EQ(memory_.dirty_bytes, 0);
  Push({11, 12, 13, 14, 15, 16, 17});
  EXPECT_LE(table_.rows(0).size(), kFit);
  EXPECT_EQ(table_.stored(0), 15) << "here and there";
  EXPECT_EQ(memory_.dirty_bytes, 7 * table_.row_bytes());
  Copy();
  Write();
  EXPECT_THAT(Counts({1, 2}), ElementsAre(2, 1));
  EXPECT_EQ(table_.stored(0), 15) << "a row that comes back is not a new one";
  ROWHOUSE_EXPECT_OK(failed_);
}

TEST_F(LaneMemoryTest, ADirtyRowNeverGoes) {
  std::vector<Id> ids(2 * kFit);
  for (Id i = 0; i < ids.size(); ++i) ids[i] = i;
  Push(ids);
  Push({100});
  for (const Id id : ids) EXPECT_TRUE(InMemory(id)) << id;
  EXPECT_EQ(memory_.dirty_bytes, (2 * kFit + 1) * table_.row_bytes());
}

// Its image is a copy in somebody's hand, and nowhere else.
TEST_F(LaneMemoryTest, ARowThatIsBeingWrittenDoesNotGo) {
  Push({1, 2, 3, 4, 5, 6, 7, 8, 9});
  Copy();
  Push({11, 12, 13, 14, 15});
  for (Id id = 1; id <= 9; ++id) EXPECT_TRUE(InMemory(id)) << id;
  Write();
  EXPECT_EQ(memory_.dirty_bytes, 5 * table_.row_bytes());
  Push({21, 22, 23});
  Push({24, 25, 26});
  EXPECT_FALSE(InMemory(1) && InMemory(2) && InMemory(3) && InMemory(4));
  EXPECT_THAT(Counts({1, 2}), ElementsAre(1, 1));
}

TEST_F(LaneMemoryTest, ARowThatWasPushedWhileItWasWrittenIsDirty) {
  Push({1, 2, 3, 4, 5});
  Copy();
  Push({1});
  Write();
  EXPECT_EQ(memory_.dirty_bytes, table_.row_bytes());
  for (Id first = 20; first < 60; first += 5) {
    Push({first, first + 1, first + 2, first + 3, first + 4});
  }
  EXPECT_TRUE(InMemory(1));
  EXPECT_THAT(Counts({1}), ElementsAre(2));
}

TEST_F(LaneMemoryTest, WhatCouldNotBeWrittenIsCountedAsDirty) {
  Push({1, 2, 3});
  Copy();
  Push({1});
  lane_.ReturnDirty(table_, dirty_, {});
  EXPECT_EQ(memory_.dirty_bytes, 3 * table_.row_bytes());
  Copy();
  EXPECT_EQ(dirty_.size(), 3);
  Write();
  EXPECT_EQ(memory_.dirty_bytes, 0);
}

TEST_F(LaneMemoryTest, ARowThatCannotBeReadStopsTheShard) {
  ROWHOUSE_ASSERT_OK(store_->DropTable(table_.incarnation()));
  Push({1});
  EXPECT_THAT(failed_, StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(LaneMemoryTest, ATableThatGoesLeavesItsRoom) {
  Push({1, 2, 3, 4, 5});
  lane_.RemoveTable(table_);
  EXPECT_EQ(memory_.dirty_bytes, 0);
}

}  // namespace
}  // namespace rowhouse::shard
