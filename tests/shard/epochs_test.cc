#include "shard/epochs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "shard/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

TEST(EpochsTest, TakesNewPushesAboveWhatWasCut) {
  Epochs epochs;
  ROWHOUSE_EXPECT_OK(epochs.CheckNew(0));
  epochs.Close(3);
  EXPECT_THAT(epochs.CheckNew(3),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "a push of snapshot epoch 3 comes after the checkpoint "
                       "that it belongs to; this shard takes epoch 4 and "
                       "later"));
  ROWHOUSE_EXPECT_OK(epochs.CheckNew(4));
  epochs.Close(1);  // in replay, an older record
  EXPECT_EQ(epochs.floor(), 4u);
}

TEST(EpochsTest, WantsWhatWasReachedAndNeverLess) {
  Epochs epochs;
  epochs.Reach(5);
  epochs.Reach(2);
  EXPECT_EQ(epochs.wanted(), 5u);
  epochs.Close(3);
  EXPECT_EQ(epochs.wanted(), 5u);
  epochs.Close(5);
  EXPECT_EQ(epochs.wanted(), 6u);
  EXPECT_EQ(Epochs(2, 7).wanted(), 7u);
}

TEST(EpochsTest, AnEpochOutOfReachIsAMistake) {
  Epochs epochs;
  epochs.Reach(7);
  ROWHOUSE_EXPECT_OK(epochs.CheckNew(kSnapshotEpochLeadMax + 6));
  EXPECT_THAT(
      epochs.CheckNew(kSnapshotEpochLeadMax + 7),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "snapshot_epoch 4294967303, expected below 4294967303 since "
               "this shard is at epoch 7"));
  epochs.Reach(kSnapshotEpochMax - 1);
  ROWHOUSE_EXPECT_OK(epochs.CheckNew(kSnapshotEpochMax - 1));
  EXPECT_THAT(epochs.CheckNew(kSnapshotEpochMax),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace rowhouse::shard
