#include "shard/row_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::HasSubstr;

constexpr TableIncarnation kTable(5);
constexpr BucketRange kAll = {0, kBuckets};

class RowReplayTest : public testing::Test {
 protected:
  RowReplayTest() { lanes_.push_back(std::make_unique<Lane>(0)); }

  RowReplay Replay(BucketRange buckets, RowReplay::Foreign foreign) {
    return RowReplay(
        buckets, lanes_,
        [this](TableIncarnation table, Lsn) {
          return table == kTable ? &table_ : nullptr;
        },
        [this](const PushWork& work) {
          for (const std::uint32_t lane : work.lanes()) {
            lanes_[lane]->Drain(work.lsn());
          }
        },
        foreign);
  }
  // A record of one push that adds 1 to `ids` of a table.
  void Decode(const std::vector<Id>& ids, TableIncarnation table = kTable,
              std::uint32_t dim = 2) {
    const std::vector<float> ones(ids.size() * dim, 1.0f);
    const InputRecord input{table, dim, {.ids = ids}, ones, {}};
    Join(encoder_.Push({}, {input}));
    ROWHOUSE_ASSERT_OK(decoder_.Push(payload_));
  }
  void Join(RecordEncoder::Pieces pieces) {
    payload_.clear();
    for (const auto piece : pieces) {
      payload_.insert(payload_.end(), piece.begin(), piece.end());
    }
  }
  float Value(Id id) {
    const RowMap& rows = table_.rows(0);
    const RowMap::Slot slot = rows.Find(id, table_.Hash(id));
    return slot == RowMap::kNoSlot ? -1 : rows.values(slot)[0];
  }

  Table table_{CounterSpec("t"), kTable, 1};
  Lanes lanes_;
  RecordEncoder encoder_;
  RecordDecoder decoder_;
  std::vector<char> payload_;
};

TEST_F(RowReplayTest, ARowTakesARecordOnce) {
  RowReplay replay = Replay(kAll, RowReplay::Foreign::kRefuse);
  Decode({1, 2});
  ROWHOUSE_ASSERT_OK(replay.Push(decoder_, Lsn(7)));
  ROWHOUSE_ASSERT_OK(replay.Push(decoder_, Lsn(7)));
  EXPECT_EQ(Value(1), 1);
  ROWHOUSE_ASSERT_OK(replay.Push(decoder_, Lsn(8)));
  EXPECT_EQ(Value(1), 2);
  EXPECT_EQ(table_.steps().log.count(), 3u);
}

TEST_F(RowReplayTest, TablesThatAreGoneAreLeftOut) {
  RowReplay replay = Replay(kAll, RowReplay::Foreign::kRefuse);
  Decode({1}, TableIncarnation(6));
  ROWHOUSE_EXPECT_OK(replay.Push(decoder_, Lsn(7)));
  EXPECT_EQ(Value(1), -1);
}

TEST_F(RowReplayTest, OtherBucketsAreRefusedOrLeftOut) {
  const auto bucket = [&](Id id) {
    return table_.BucketOf(table_.Hash(id)).value();
  };
  ASSERT_NE(bucket(1), bucket(2));
  const BucketRange own = {bucket(1), bucket(1) + 1u};
  Decode({1, 2});
  RowReplay strict = Replay(own, RowReplay::Foreign::kRefuse);
  EXPECT_THAT(strict.Push(decoder_, Lsn(7)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  RowReplay lenient = Replay(own, RowReplay::Foreign::kLeaveOut);
  ROWHOUSE_ASSERT_OK(lenient.Push(decoder_, Lsn(7)));
  EXPECT_EQ(Value(1), 1);
  EXPECT_EQ(Value(2), -1);
  const std::vector<Id> ids = {2, 1};
  const std::vector<float> weights = {5, 5, 6, 6};
  Join(encoder_.WriteRows(
      {}, {.table = kTable, .dim = 2, .ids = ids, .weights = weights}));
  ROWHOUSE_ASSERT_OK(decoder_.WriteRows(payload_));
  ROWHOUSE_ASSERT_OK(lenient.WriteRows(decoder_, Lsn(8)));
  EXPECT_EQ(Value(1), 6);
  EXPECT_EQ(Value(2), -1);
}

TEST_F(RowReplayTest, WhatDoesNotFitTheTableIsDamage) {
  RowReplay replay = Replay(kAll, RowReplay::Foreign::kRefuse);
  Decode({1}, kTable, 3);
  EXPECT_THAT(replay.Push(decoder_, Lsn(7)),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("dim 3 of table 't' of dim 2")));
  const std::vector<Id> ids = {1};
  const std::vector<float> weights = {5};
  Join(encoder_.WriteRows(
      {}, {.table = kTable, .dim = 1, .ids = ids, .weights = weights}));
  ROWHOUSE_ASSERT_OK(decoder_.WriteRows(payload_));
  EXPECT_THAT(replay.WriteRows(decoder_, Lsn(8)),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace rowhouse::shard
