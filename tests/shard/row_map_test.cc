#include "shard/row_map.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace rowhouse::shard {
namespace {

// Adds a row, growing the index as its users do.
RowMap::Slot Add(RowMap& rows, Id id) {
  if (!rows.HasRoomFor(1)) rows.UseIndex(rows.LargerIndex(1, Mix64));
  return rows.Insert(id, Mix64(id));
}

TEST(RowMapTest, EveryIdIsLegalAndKeepsItsRow) {
  const std::vector<Id> ids = {0,
                               1,
                               std::numeric_limits<Id>::max(),
                               Id{1} << 32,
                               (Id{1} << 32) - 1,
                               Id{1} << 63};
  RowMap rows(3);
  for (const Id id : ids) {
    EXPECT_EQ(rows.Find(id, Mix64(id)), RowMap::kNoSlot) << id;
    float* const row = rows.values(Add(rows, id));
    row[2] = static_cast<float>(id % 1000);
  }
  EXPECT_EQ(rows.size(), ids.size());
  for (const Id id : ids) {
    const RowMap::Slot slot = rows.Find(id, Mix64(id));
    ASSERT_NE(slot, RowMap::kNoSlot) << id;
    EXPECT_EQ(rows.values(slot)[2], static_cast<float>(id % 1000));
  }
}

TEST(RowMapTest, RowsNeverMoveWhileTheMapGrows) {
  RowMap rows(5);
  std::vector<float*> places;
  constexpr Id kRows = 10'000;
  for (Id id = 0; id < kRows; ++id) {
    const RowMap::Slot slot = Add(rows, id);
    EXPECT_EQ(slot, id);
    EXPECT_EQ(rows.lsn(slot), Lsn(0));
    for (int i = 0; i < 5; ++i) ASSERT_EQ(rows.values(slot)[i], 0.0f);
    places.push_back(rows.values(slot));
    rows.values(slot)[4] = static_cast<float>(id);
    rows.set_lsn(slot, Lsn(id + 1));
  }
  for (Id id = 0; id < kRows; ++id) {
    const RowMap::Slot slot = rows.Find(id, Mix64(id));
    ASSERT_EQ(rows.values(slot), places[id]);
    ASSERT_EQ(rows.values(slot)[4], static_cast<float>(id));
    ASSERT_EQ(rows.lsn(slot), Lsn(id + 1));
  }
}

TEST(RowMapTest, IdsOfOneHashAreToldApart) {
  RowMap rows(1);
  constexpr std::uint64_t kHash = 77;
  for (Id id = 0; id < 12; ++id) {
    *rows.values(rows.Insert(id, kHash)) = static_cast<float>(id);
  }
  EXPECT_FALSE(rows.HasRoomFor(1));
  for (Id id = 0; id < 12; ++id) {
    EXPECT_EQ(*rows.values(rows.Find(id, kHash)), static_cast<float>(id));
  }
  EXPECT_EQ(rows.Find(12, kHash), RowMap::kNoSlot);
}

TEST(RowMapTest, ARowWithinACacheLineNeverCrossesTwo) {
  for (const std::size_t floats : {1u, 2u, 3u, 5u, 9u, 16u}) {
    RowMap rows(floats);
    for (Id id = 0; id < 100; ++id) {
      const auto begin =
          reinterpret_cast<std::uintptr_t>(rows.values(Add(rows, id)));
      const std::uintptr_t last = begin + floats * sizeof(float) - 1;
      ASSERT_EQ(begin / 64, last / 64) << floats << " floats, row " << id;
    }
  }
}

TEST(RowMapTest, ARowIsDirtyUntilItIsClean) {
  RowMap rows(1);
  const RowMap::Slot slot = Add(rows, 5);
  EXPECT_TRUE(rows.MarkDirty(slot));
  EXPECT_FALSE(rows.MarkDirty(slot));
  rows.MarkClean(slot);
  EXPECT_TRUE(rows.MarkDirty(slot));
}

TEST(RowMapTest, ARowIsCleanOnlyWhenItWasWrittenAsItIs) {
  RowMap rows(1);
  const RowMap::Slot slot = Add(rows, 5);
  rows.MarkDirty(slot);
  rows.MarkWriting(slot);
  std::vector<RowMap::Victim> victims;
  rows.FindVictims(1, 1000, victims);
  EXPECT_TRUE(victims.empty()) << "the row store does not have it yet";
  EXPECT_TRUE(rows.MarkDirty(slot)) << "again, while it is written";
  rows.MarkWritten(slot);
  rows.FindVictims(1, 1000, victims);
  EXPECT_TRUE(victims.empty());
  rows.MarkWriting(slot);
  rows.MarkWritten(slot);
  rows.FindVictims(1, 1000, victims);
  ASSERT_EQ(victims.size(), 1);
  EXPECT_EQ(victims[0].id, 5);
  EXPECT_EQ(victims[0].slot, slot);
}

TEST(RowMapTest, ATouchedRowIsPassedOverOnce) {
  RowMap rows(1);
  for (Id id = 0; id < 4; ++id) Add(rows, id);
  rows.Touch(2);
  std::vector<RowMap::Victim> victims;
  EXPECT_EQ(rows.FindVictims(10, rows.index_places(), victims),
            rows.index_places());
  EXPECT_EQ(victims.size(), 3);
  victims.clear();
  rows.FindVictims(10, rows.index_places(), victims);
  EXPECT_EQ(victims.size(), 4);
  victims.clear();
  EXPECT_LT(rows.FindVictims(1, rows.index_places(), victims),
            rows.index_places());
  EXPECT_EQ(victims.size(), 1);
}

// Against a plain map: rows come and go, and the others keep their values.
TEST(RowMapTest, ErasedRowsLeaveTheOthersAsTheyAre) {
  RowMap rows(3);
  std::mt19937_64 random(1);
  std::map<Id, float> expected;
  // Few homes, so that probes are long and wrap around.
  const auto hash = [](Id id) { return id % 7 + 13; };
  for (int i = 0; i < 20000; ++i) {
    const Id id = random() % 60;
    const RowMap::Slot slot = rows.Find(id, hash(id));
    ASSERT_EQ(slot != RowMap::kNoSlot, expected.contains(id));
    if (slot == RowMap::kNoSlot) {
      if (!rows.HasRoomFor(1)) rows.UseIndex(rows.LargerIndex(1, hash));
      const RowMap::Slot added = rows.Insert(id, hash(id));
      ASSERT_EQ(rows.lsn(added), Lsn());
      ASSERT_EQ(rows.values(added)[2], 0.0f);
      rows.values(added)[2] = expected[id] = static_cast<float>(i + 1);
      rows.set_lsn(added, Lsn(i + 1));
    } else {
      ASSERT_EQ(rows.values(slot)[2], expected[id]);
      ASSERT_EQ(rows.lsn(slot), Lsn(static_cast<std::uint64_t>(expected[id])));
      if (random() % 2 == 0) continue;
      rows.Erase(id, slot, hash);
      EXPECT_TRUE(rows.IsFree(slot));
      expected.erase(id);
    }
    ASSERT_EQ(rows.size(), expected.size());
  }
  EXPECT_LE(rows.slots(), 60) << "slots are used again";
}

// What a row costs beyond its floats, at the load just before the index grows.
TEST(RowMapTest, OverheadStaysWithinTwentyFourBytesARow) {
  RowMap rows(64);
  for (Id id = 0; rows.size() < 800 || rows.HasRoomFor(1); ++id) Add(rows, id);
  const double overhead =
      static_cast<double>(rows.memory_bytes()) / rows.size() - 64 * 4;
  EXPECT_LE(overhead, 24.1);
}

}  // namespace
}  // namespace rowhouse::shard
