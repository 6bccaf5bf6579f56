// Fail-stop: a shard whose journal failed answers nothing but that.
#include "shard/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class StateTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    TableSpec spec = CounterSpec("t");
    spec.durability = Durability::kPower;
    ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(5)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
    ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  }
  Shard& shard() { return *process_.shard; }

  void ExpectFailed() {
    const auto failed =
        StatusIs(absl::StatusCode::kUnavailable, HasSubstr("broken"));
    EXPECT_THAT(trainer_.Count(shard(), "t", {1}), failed);
    EXPECT_THAT(shard().OpenSession(), failed);
    EXPECT_THAT(shard().CheckLookup({}), failed);
    EXPECT_THAT(shard().Lookup({}, {}), failed);
    EXPECT_THAT(shard().ReadRows({}), failed);
    EXPECT_THAT(shard().DescribeTable("t"), failed);
    EXPECT_THAT(shard().CreateTable(CounterSpec("u"), TableIncarnation(6)),
                failed);
    EXPECT_THAT(shard().DropTable({"t"}), failed);
    EXPECT_THAT(shard().OpenCheckpoint("c", 0), failed);
    EXPECT_THAT(shard().CloseCheckpoint("c", 0), failed);
    EXPECT_THAT(shard().CommitCheckpoint("c", 0, {}), failed);
    EXPECT_THAT(shard().AbortCheckpoint("c", 0), failed);
    EXPECT_THAT(shard().DeleteCheckpoint("c"), failed);
    EXPECT_THAT(shard().Heartbeat({}), failed);
    EXPECT_THAT(shard().EndSession({}), failed);
    EXPECT_THAT(shard().ListCheckpoints(), failed);
    EXPECT_THAT(shard().BeginRestore({"c", 1, true}), failed);
    EXPECT_THAT(shard().FinishRestore(1), failed);
    EXPECT_THAT(shard().WriteBack(), failed);
    EXPECT_THAT(shard().Info().state, StartsWith("failed: UNAVAILABLE"));
    EXPECT_THAT(shard().Close(), failed);
  }

  Machine machine_;
  Process process_;
  Trainer trainer_;
};

TEST_F(StateTest, AFailedSyncStopsTheShard) {
  machine_.disk().FailSync(1, absl::UnavailableError("broken"));
  EXPECT_THAT(trainer_.Count(shard(), "t", {1}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("broken")));
  ExpectFailed();
}

TEST_F(StateTest, AFailedWriteStopsTheShard) {
  machine_.disk().FailAppend(1, absl::UnavailableError("broken"));
  EXPECT_THAT(trainer_.Count(shard(), "t", {1}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("broken")));
  ExpectFailed();
}

TEST_F(StateTest, ABackgroundSyncThatFailsStopsTheShard) {
  ROWHOUSE_ASSERT_OK(
      shard().CreateTable(CounterSpec("process"), TableIncarnation(7)));
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "process", {1}));
  machine_.disk().FailSync(1, absl::UnavailableError("broken"));
  EXPECT_THAT(shard().WriteBack(), StatusIs(absl::StatusCode::kUnavailable));
  ExpectFailed();
}

// Nobody knows whether the manifest on the disk is the old one or the new.
TEST_F(StateTest, AManifestThatMayOrMayNotBeWrittenStopsTheShard) {
  for (std::uint64_t n = 1; shard().Info().state == "serving"; ++n) {
    ASSERT_LT(n, 30u) << "no sync of DropTable is that of its manifest";
    machine_.disk().FailSync(1, absl::UnavailableError("broken"));
    EXPECT_THAT(shard().DropTable({"t"}),
                StatusIs(absl::StatusCode::kUnavailable));
  }
  ExpectFailed();
}

TEST_F(StateTest, ARestartAfterAFailedSyncHasEveryAcknowledgedPush) {
  machine_.disk().FailSync(1, absl::UnavailableError("broken"));
  EXPECT_THAT(trainer_.Count(shard(), "t", {1}),
              StatusIs(absl::StatusCode::kUnavailable));
  machine_.PowerCut(process_, 5);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
  // Sent again, the push is there once, whether or not the tail survived.
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  EXPECT_THAT(Counts(shard(), "t", {1}), ElementsAre(2));
}

}  // namespace
}  // namespace rowhouse::shard
