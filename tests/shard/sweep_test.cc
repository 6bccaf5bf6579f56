#include "shard/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/limits.h"

namespace rowhouse::shard {
namespace {

// Rows come and go on being added while the sweep works; `done` is what a lane
// would note in each row: the steps it contains.
class Lane {
 public:
  explicit Lane(std::uint64_t rows, std::uint64_t step = 0)
      : done_(rows, step), sweep_(0, step), step_(step) {}

  void Step(std::uint64_t new_rows = 0) {
    ++step_;
    done_.resize(done_.size() + new_rows, step_);
    const Sweep::Portion slots = sweep_.NextSlots(done_.size(), step_);
    ASSERT_LE(slots.end, done_.size());
    for (std::uint64_t i = slots.begin; i < slots.end; ++i) done_[i] = step_;
  }
  std::uint64_t least() const {
    return done_.empty() ? step_
                         : *std::min_element(done_.begin(), done_.end());
  }
  std::uint64_t step() const { return step_; }
  const Sweep& sweep() const { return sweep_; }

 private:
  std::vector<std::uint64_t> done_;
  Sweep sweep_;
  std::uint64_t step_;
};

TEST(SweepTest, NoRowIsBelowTheFloorWhateverIsAdded) {
  for (const std::uint64_t rows : {0u, 1u, 5u, 63u, 64u, 65u, 1000u}) {
    Lane lane(rows);
    for (std::uint64_t i = 0; i < 5 * kStepsPerSweep; ++i) {
      lane.Step(/*new_rows=*/i % 11 == 0 ? i : 0);
      ASSERT_LE(lane.sweep().floor(), lane.least()) << rows << " at " << i;
    }
    EXPECT_GT(lane.sweep().floor(), 0u) << rows;
  }
}

TEST(SweepTest, TheFloorFollowsByTwoRounds) {
  for (const std::uint64_t rows : {1u, 64u, 100u, 4096u}) {
    Lane lane(rows);
    for (std::uint64_t i = 0; i < 10 * kStepsPerSweep; ++i) lane.Step();
    EXPECT_GE(lane.sweep().floor() + 2 * kStepsPerSweep, lane.step()) << rows;
    EXPECT_GE(lane.least() + kStepsPerSweep, lane.step()) << rows;
  }
}

// A shard that restarts knows the steps that its log begins with and no round.
TEST(SweepTest, AfterARestartTheFloorIsWhatTheLogKnows) {
  Lane lane(100, /*step=*/500);
  EXPECT_EQ(lane.sweep().floor(), 500u);
  lane.Step();
  EXPECT_EQ(lane.sweep().floor(), 500u);
}

TEST(SweepTest, MakesEveryIdOnceInOneRound) {
  Sweep sweep(1000, 0);
  std::uint64_t next = 0;
  for (std::uint64_t step = 0; step < kStepsPerSweep; ++step) {
    EXPECT_EQ(sweep.floor(), 0u);
    const Sweep::Portion ids = sweep.NextIds();
    EXPECT_EQ(ids.begin, next);
    next = ids.end;
  }
  EXPECT_EQ(next, 1000u);
  EXPECT_EQ(sweep.NextIds().begin, sweep.NextIds().end);
}

TEST(SweepTest, WhereTheLogForgotStepsEveryIdHasItsRow) {
  Sweep sweep(1000, 1);
  EXPECT_EQ(sweep.NextIds().begin, sweep.NextIds().end);
  EXPECT_EQ(sweep.floor(), 1u);
}

}  // namespace
}  // namespace rowhouse::shard
