// Shard::OpenSession, Heartbeat and EndSession. (What a session is to pushes:
// push_test.cc; to a cut: checkpoint_test.cc.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shard/shard.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::HasSubstr;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

class SessionCallsTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    ROWHOUSE_ASSERT_OK(
        shard().CreateTable(CounterSpec("t"), TableIncarnation(5)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
  }
  Shard& shard() { return *process_.shard; }

  Machine machine_;
  Process process_;
  Trainer trainer_;
};

TEST_F(SessionCallsTest, ASignOfLifeTellsAndIsToldTheEpoch) {
  EXPECT_THAT(shard().Heartbeat({.session = trainer_.session()}),
              IsOkAndHolds(0u));
  EXPECT_THAT(
      shard().Heartbeat({.session = trainer_.session(), .snapshot_epoch = 4}),
      IsOkAndHolds(4u));
  EXPECT_EQ(shard().Info().snapshot_epoch, 4u);
  EXPECT_THAT(shard().OpenSession()->wanted_snapshot_epoch, 4u);
}

TEST_F(SessionCallsTest, ASignOfLifeOfNobodyIsRefused) {
  SessionName other = trainer_.session();
  other.number = 77;
  EXPECT_THAT(shard().Heartbeat({.session = other}),
              StatusIs(kPrecondition, HasSubstr("session 77 is unknown")));
  other = trainer_.session();
  ++other.incarnation;
  EXPECT_THAT(shard().Heartbeat({.session = other}),
              StatusIs(kPrecondition, HasSubstr("session of incarnation")));
  EXPECT_THAT(
      shard().Heartbeat({.map_version = 8, .session = trainer_.session()}),
      StatusIs(kPrecondition, HasSubstr("map version")));
}

TEST_F(SessionCallsTest, AnEndedSessionStaysEnded) {
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  SessionName other = trainer_.session();
  ++other.incarnation;
  ROWHOUSE_EXPECT_OK(shard().EndSession(other));
  ROWHOUSE_ASSERT_OK(trainer_.Count(shard(), "t", {1}));
  for (int i = 0; i < 2; ++i) {
    ROWHOUSE_ASSERT_OK(shard().EndSession(trainer_.session()));
  }
  const auto ended = StatusIs(kPrecondition, HasSubstr("session 1 is unknown"));
  EXPECT_THAT(trainer_.Count(shard(), "t", {1}), ended);
  EXPECT_THAT(trainer_.Move(shard(), 0), ended);
  EXPECT_EQ(shard().Info().sessions, 0u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const OpenSessionReply next,
                                shard().OpenSession());  // syncs
  EXPECT_EQ(next.session.number, 2u);
  machine_.PowerCut(process_, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
  EXPECT_THAT(trainer_.Count(shard(), "t", {1}), ended);
  EXPECT_EQ(shard().Info().sessions, 1u);
}

}  // namespace
}  // namespace rowhouse::shard
