#include "shard/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::HasSubstr;

TEST(SessionsTest, FindsWhatIsOpen) {
  Sessions sessions;
  EXPECT_EQ(sessions.Find(1), nullptr);
  sessions.Open(1, Lsn(5), 0);
  ASSERT_NE(sessions.Find(1), nullptr);
  EXPECT_EQ(sessions.Find(1)->last_lsn(), Lsn(5));
  sessions.End(1);
  EXPECT_EQ(sessions.Find(1), nullptr);
  sessions.End(1);
}

TEST(SessionsTest, NumbersRiseWhenNoSessionIsLeft) {
  Sessions sessions;
  sessions.Open(1, Lsn(1), 0);
  sessions.Open(2, Lsn(2), 0);
  sessions.EndAll();
  EXPECT_EQ(sessions.size(), 0u);
  EXPECT_EQ(sessions.last_number(), 2u);
  storage::Watermarks stored;
  sessions.Store(stored);
  Sessions loaded;
  ROWHOUSE_ASSERT_OK(loaded.Load(stored));
  EXPECT_EQ(loaded.last_number(), 2u);
}

TEST(SessionsTest, TheIdlestIsTheOneThatPushedLongestAgo) {
  Sessions sessions;
  for (std::uint64_t n = 1; n <= 3; ++n) sessions.Open(n, Lsn(n), 0);
  EXPECT_EQ(sessions.Idlest(), 1u);
  sessions.Find(1)->Apply(0, 0, Lsn(4), 0);
  EXPECT_EQ(sessions.Idlest(), 2u);
}

TEST(SessionsTest, StoresInOrderAndLoads) {
  Sessions sessions;
  for (const std::uint64_t n : {3, 1, 2}) sessions.Open(n, Lsn(n), 0);
  sessions.Find(2)->Apply(6, 5, Lsn(9), 1);
  storage::Watermarks stored;
  sessions.Store(stored);
  ASSERT_EQ(stored.sessions.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(stored.sessions[i].number, i + 1);
  }
  Sessions loaded;
  ROWHOUSE_ASSERT_OK(loaded.Load(stored));
  storage::Watermarks again;
  loaded.Store(again);
  EXPECT_EQ(again, stored);
}

TEST(SessionsTest, RefusesNumbersNeverIssuedOrTwice) {
  Sessions sessions;
  storage::Watermarks stored;
  stored.last_session_number = 4;
  stored.sessions = {{.number = 5}};
  EXPECT_THAT(sessions.Load(stored),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("session 5 is not in [1, 4]")));
  stored.sessions = {{.number = 4}, {.number = 4}};
  EXPECT_THAT(sessions.Load(stored),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("session 4 is stored twice")));
}

TEST(SessionsTest, KnowsWhoMayPushInAnEpochYet) {
  Sessions sessions;
  sessions.Open(1, Lsn(1), 0);
  sessions.Open(2, Lsn(2), 3);
  sessions.Open(3, Lsn(3), 4);
  EXPECT_THAT(sessions.In(2), testing::ElementsAre(1));
  EXPECT_THAT(sessions.In(3), testing::ElementsAre(1, 2));
  sessions.Find(1)->Apply(0, 0, Lsn(4), 4);
  sessions.Find(2)->MoveTo(4);
  sessions.Find(2)->MoveTo(1);
  EXPECT_THAT(sessions.In(3), testing::IsEmpty());
}

}  // namespace
}  // namespace rowhouse::shard
