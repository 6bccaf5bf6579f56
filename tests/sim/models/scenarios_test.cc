#include "tests/sim/models/scenarios.h"

#include <gtest/gtest.h>

#include <iostream>
#include <string>

#include "absl/strings/str_join.h"
#include "base/mutation.h"

namespace rowhouse::sim {
namespace {

constexpr std::uint64_t kStatesMax = 200'000;

class ScenarioTest : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, IsCompleteWithoutViolation) {
  const Exploration walked = Explore(ScenarioOf(GetParam()), kStatesMax);
  std::cout << GetParam() << ": " << walked.states << " states, "
            << walked.actions << " actions\n";
  EXPECT_EQ(walked.violation, "") << absl::StrJoin(walked.trace, "\n");
  EXPECT_TRUE(walked.complete);
  EXPECT_GT(walked.states, 50u) << "too few: the test is blind";
}

INSTANTIATE_TEST_SUITE_P(Models, ScenarioTest,
                         testing::Values("sessions", "window", "recycle",
                                         "forget", "tables", "twice", "torn",
                                         "recovery", "restore", "cut", "lazy"),
                         [](const auto& info) { return info.param; });

struct Bug {
  const char* name;
  Mutation mutation;
  const char* scenario;
};

class BugTest : public testing::TestWithParam<Bug> {};

TEST_P(BugTest, IsFound) {
  active_mutation = GetParam().mutation;
  const Exploration walked =
      Explore(ScenarioOf(GetParam().scenario), kStatesMax);
  active_mutation = Mutation::kNone;
  EXPECT_NE(walked.violation, "") << walked.states << " states";
  std::cout << GetParam().name << ": after " << walked.states << " states, "
            << walked.violation << "\n";
}

// By the names of the protocol's models where they have the rule.
INSTANTIATE_TEST_SUITE_P(
    Models, BugTest,
    testing::Values(
        Bug{"open_not_synced", Mutation::kOpenSessionNotSynced, "sessions"},
        Bug{"ack_before_write", Mutation::kAckBeforeWrite, "sessions"},
        Bug{"ack_before_sync", Mutation::kAckBeforeSync, "sessions"},
        Bug{"dedup_outside_journal", Mutation::kDedupOutsideJournal, "window"},
        Bug{"trimmed_as_new", Mutation::kWindowIgnored, "window"},
        Bug{"meta_before_flush", Mutation::kWatermarkBeforeFlush, "recycle"},
        Bug{"meta_not_synced", Mutation::kMetadataBeforeSync, "tables"},
        Bug{"write_above_sync", Mutation::kWriteBackAboveSync, "recycle"},
        Bug{"recycle_by_watermark", Mutation::kRecycleByWatermark, "recycle"},
        Bug{"stamp_off_by_one", Mutation::kStampOffByOne, "recycle"},
        Bug{"name_not_synced", Mutation::kSegmentNameNotSynced, "recycle"},
        Bug{"dedup_snapshot_stale", Mutation::kDedupSnapshotStale, "forget"},
        Bug{"tail_cut_early", Mutation::kTailCutEarly, "recovery"},
        Bug{"old_segments_not_synced", Mutation::kOldSegmentsNotSynced,
            "recovery"},
        Bug{"unsynced_name_believed", Mutation::kUnsyncedNameBelieved, "twice"},
        Bug{"checksum_unchecked", Mutation::kChecksumUnchecked, "torn"},
        Bug{"restore_keeps_sessions", Mutation::kRestoreKeepsSessions,
            "restore"},
        Bug{"cut_with_later_epochs", Mutation::kCutWithLaterEpochs, "cut"},
        Bug{"log_not_saved", Mutation::kStepsNotSaved, "lazy"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rowhouse::sim
