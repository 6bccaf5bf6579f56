// The oracle sees what it is for: a push that is gone and one that came twice.
#include "tests/integration/faults/counters.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "rowhouse/client.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

class CounterOracleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client client,
        Client::Connect(absl::StrCat("embedded:", directory_.path())));
    client_.emplace(std::move(client));
    ROWHOUSE_ASSERT_OK(client_->CreateTable(CounterTable()));
  }

  void Push(std::uint64_t sequence, CounterOracle& oracle) {
    ROWHOUSE_ASSERT_OK(PushCounters(
        *client_, oracle, CounterPush(7, 1, sequence), sequence, abandoned_));
  }

  CounterOracle::Verdict Compare() {
    auto verdict = oracle_.Compare(*client_);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict.ok() ? *verdict : CounterOracle::Verdict{};
  }

  const TempDir directory_;
  const std::atomic<bool> abandoned_{false};
  std::optional<Client> client_;
  CounterOracle oracle_;
  CounterOracle nobody_;
};

TEST_F(CounterOracleTest, PushesThatAreInAreNeitherLostNorDoubled) {
  for (std::uint64_t i = 0; i < 20; ++i) Push(i, oracle_);
  EXPECT_EQ(oracle_.acknowledged(), 20u);
  EXPECT_EQ(Compare().lost, 0u);
  EXPECT_EQ(Compare().doubled, 0u);
}

TEST_F(CounterOracleTest, APushThatIsGoneIsLostInEachRowItNamed) {
  for (std::uint64_t i = 0; i < 20; ++i) Push(i, oracle_);
  oracle_.Acknowledge(CounterPush(7, 1, 20));
  EXPECT_EQ(Compare().lost, kIdsPerPush);
  EXPECT_EQ(Compare().doubled, 0u);
}

TEST_F(CounterOracleTest, APushThatCameTwiceIsDoubledInEachRowItNamed) {
  for (std::uint64_t i = 0; i < 20; ++i) Push(i, oracle_);
  Push(3, nobody_);
  EXPECT_EQ(Compare().lost, 0u);
  EXPECT_EQ(Compare().doubled, kIdsPerPush);
}

TEST_F(CounterOracleTest, OneLostAndOneDoubledAreBothSeen) {
  for (std::uint64_t i = 0; i < 20; ++i) Push(i, oracle_);
  oracle_.Acknowledge(CounterPush(7, 1, 21));
  Push(22, nobody_);  // another column
  EXPECT_EQ(Compare().lost, kIdsPerPush);
  EXPECT_EQ(Compare().doubled, kIdsPerPush);
}

}  // namespace
}  // namespace rowhouse::faults
