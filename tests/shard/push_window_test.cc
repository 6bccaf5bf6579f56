#include "shard/push_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Decision = PushWindow::Decision;

TEST(PushWindowTest, ASequenceIsNewOnce) {
  PushWindow window(Lsn(1));
  EXPECT_EQ(window.Decide(0), Decision::kNew);
  window.Apply(0, 0, Lsn(2), 0);
  EXPECT_EQ(window.Decide(0), Decision::kDone);
  EXPECT_EQ(window.Decide(1), Decision::kNew);
  EXPECT_EQ(window.last_lsn(), Lsn(2));
}

TEST(PushWindowTest, SequencesMayComeInAnyOrderWithGaps) {
  PushWindow window(Lsn(1));
  window.Apply(5, 0, Lsn(2), 0);
  EXPECT_EQ(window.Decide(3), Decision::kNew);
  window.Apply(3, 0, Lsn(3), 0);
  EXPECT_EQ(window.Decide(3), Decision::kDone);
  EXPECT_EQ(window.Decide(4), Decision::kNew);
  EXPECT_EQ(window.Decide(5), Decision::kDone);
}

TEST(PushWindowTest, BelowTheLowestIsStale) {
  PushWindow window(Lsn(1));
  for (std::uint64_t s = 0; s < 4; ++s) window.Apply(s, 0, Lsn(2 + s), 0);
  window.Apply(4, 3, Lsn(9), 0);
  EXPECT_EQ(window.Decide(2), Decision::kStale);
  EXPECT_EQ(window.Decide(3), Decision::kDone);
}

TEST(PushWindowTest, TheWindowIsExactlyItsSize) {
  PushWindow window(Lsn(1));
  window.Apply(0, 0, Lsn(2), 0);
  window.Apply(kPushWindow - 1, 0, Lsn(3), 0);
  EXPECT_EQ(window.Decide(0), Decision::kDone);
  window.Apply(kPushWindow, 0, Lsn(4), 0);
  EXPECT_EQ(window.Decide(0), Decision::kStale);
  EXPECT_EQ(window.Decide(1), Decision::kNew);
}

TEST(PushWindowTest, AJumpForgetsTheBitsItPasses) {
  PushWindow window(Lsn(1));
  window.Apply(7, 0, Lsn(2), 0);
  window.Apply(7 + 5 * kPushWindow + 3, 0, Lsn(3), 0);
  EXPECT_EQ(window.Decide(7 + 5 * kPushWindow), Decision::kNew);
  EXPECT_EQ(window.Decide(7 + 4 * kPushWindow + 3), Decision::kStale);
}

// Against a set that remembers everything.
TEST(PushWindowTest, AgreesWithAModelOverManyPushes) {
  std::mt19937_64 random(1);
  PushWindow window(Lsn(1));
  std::set<std::uint64_t> done;
  std::uint64_t lowest = 0;
  std::uint64_t highest = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t sequence = lowest + random() % kPushWindow;
    const bool in_window = sequence + kPushWindow > highest;
    const Decision expected = done.contains(sequence) && in_window
                                  ? Decision::kDone
                              : in_window ? Decision::kNew
                                          : Decision::kStale;
    ASSERT_EQ(window.Decide(sequence), expected) << i;
    if (expected != Decision::kNew) continue;
    window.Apply(sequence, lowest, Lsn(2 + i), 0);
    done.insert(sequence);
    highest = std::max(highest, sequence);
    while (done.contains(lowest)) ++lowest;
  }
  EXPECT_GT(done.size(), 3'000u);
}

TEST(PushWindowTest, StoresAndLoads) {
  PushWindow window(Lsn(1));
  window.Apply(0, 0, Lsn(2), 0);
  window.Apply(2, 0, Lsn(3), 4);
  window.Apply(9, 1, Lsn(5), 3);
  const storage::StoredSession stored = window.Store(17);
  EXPECT_EQ(stored.number, 17u);
  EXPECT_EQ(stored.lowest, 1u);
  EXPECT_EQ(stored.highest_plus_one, 10u);
  EXPECT_EQ(stored.last_lsn, 5u);
  EXPECT_EQ(stored.snapshot_epoch, 4u);
  EXPECT_THAT(stored.done, ElementsAre(2, 9));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const PushWindow loaded,
                                PushWindow::FromStored(stored));
  EXPECT_EQ(loaded.Store(17), stored);
  EXPECT_EQ(loaded.Decide(0), Decision::kStale);
  EXPECT_EQ(loaded.Decide(1), Decision::kNew);
  EXPECT_EQ(loaded.Decide(2), Decision::kDone);
}

TEST(PushWindowTest, RefusesWhatStoreCannotHaveMade) {
  const auto load = [](std::vector<std::uint64_t> done) {
    return PushWindow::FromStored({.number = 3,
                                   .lowest = 10,
                                   .highest_plus_one = 20,
                                   .done = std::move(done)});
  };
  EXPECT_THAT(load({10, 19}), IsOk());
  for (const auto& bad : {std::vector<std::uint64_t>{9}, {20}, {12, 12}}) {
    EXPECT_THAT(load(bad), StatusIs(absl::StatusCode::kDataLoss,
                                    HasSubstr("session 3: done sequence")));
  }
}

}  // namespace
}  // namespace rowhouse::shard
