#include "client/internal/push_sequencer.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

TEST(PushSequencer, CountsFromZeroAndCarriesTheLowestUnfinished) {
  PushSequencer sequencer;
  for (std::uint64_t i = 0; i < 3; ++i) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto number, sequencer.Take());
    EXPECT_EQ(number.sequence, i);
    EXPECT_EQ(number.lowest_unacknowledged, 0u);
  }
  sequencer.Finish(1);
  EXPECT_EQ(sequencer.Take()->lowest_unacknowledged, 0u);
  sequencer.Finish(0);
  EXPECT_EQ(sequencer.Take()->lowest_unacknowledged, 2u);
}

TEST(PushSequencer, APushAloneIsItsOwnLowest) {
  PushSequencer sequencer;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto number, sequencer.Take());
    EXPECT_EQ(number.sequence, i);
    EXPECT_EQ(number.lowest_unacknowledged, i);
    sequencer.Finish(i);
  }
}

TEST(PushSequencer, NeverAWindowAheadOfAnUnfinishedPush) {
  PushSequencer sequencer;
  ROWHOUSE_ASSERT_OK(sequencer.Take());
  for (std::uint64_t i = 1; i < kPushWindow; ++i) {
    ROWHOUSE_ASSERT_OK(sequencer.Take());
    sequencer.Finish(i);
  }
  EXPECT_THAT(sequencer.Take(), StatusIs(absl::StatusCode::kResourceExhausted));
  sequencer.Finish(0);
  EXPECT_EQ(sequencer.Take()->sequence, kPushWindow);
}

}  // namespace
}  // namespace rowhouse::internal
