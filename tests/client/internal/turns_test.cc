#include "client/internal/turns.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/testing/fake_clock.h"

namespace rowhouse::internal {
namespace {

TEST(Turns, TheFirstInTheQueueHasTheTurn) {
  FakeClock clock;
  Turns turns;
  const Turns::Turn a = turns.Join();
  const Turns::Turn b = turns.Join();
  EXPECT_TRUE(turns.Wait(a, clock, absl::InfinitePast()));
  EXPECT_FALSE(turns.Wait(b, clock, clock.Now())) << "a still has it";
  const Turns::Turn c = turns.Join();
  turns.Leave(a);
  EXPECT_TRUE(turns.Wait(c, clock, absl::InfinitePast()))
      << "b gave up and is out of the queue";
  turns.Leave(c);
}

TEST(Turns, WhoLeavesFromTheMiddleHoldsNobodyUp) {
  FakeClock clock;
  Turns turns;
  const Turns::Turn a = turns.Join();
  const Turns::Turn b = turns.Join();
  const Turns::Turn c = turns.Join();
  turns.Leave(b);
  turns.Leave(a);
  EXPECT_TRUE(turns.Wait(c, clock, absl::InfinitePast()));
}

TEST(Turns, ThreadsGoInTheOrderOfJoining) {
  Turns turns;
  std::vector<int> order;
  const Turns::Turn first = turns.Join();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    const Turns::Turn turn = turns.Join();
    threads.emplace_back([&, turn, i] {
      ASSERT_TRUE(turns.Wait(turn, SystemClock(), absl::InfiniteFuture()));
      order.push_back(i);
      turns.Leave(turn);
    });
  }
  turns.Leave(first);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(TurnsTest, TryJoinHasTheTurnOrDoesNotStand) {
  Turns turns;
  FakeClock clock;
  const auto turn = turns.TryJoin();
  ASSERT_TRUE(turn.has_value());
  EXPECT_FALSE(turns.TryJoin().has_value());
  turns.Leave(*turn);
  const Turns::Turn other = turns.Join();
  EXPECT_FALSE(turns.TryJoin().has_value());
  EXPECT_TRUE(turns.Wait(other, clock, clock.Now()));
  turns.Leave(other);
  EXPECT_TRUE(turns.TryJoin().has_value());
}

}  // namespace
}  // namespace rowhouse::internal
