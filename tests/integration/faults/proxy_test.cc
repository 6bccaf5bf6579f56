// The proxy does what it says, with a real server and the real client.
#include "tests/integration/faults/proxy.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <utility>

#include "rowhouse/client.h"
#include "tests/integration/faults/counters.h"
#include "tests/integration/faults/duplicator.h"
#include "tests/testing/server_process.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

constexpr std::uint64_t kPushes = 60;

class ProxyTest : public ::testing::Test {
 protected:
  ProxyTest() : server_(OptionsIn(directory_)) {}

  void SetUp() override { ROWHOUSE_ASSERT_OK(server_.Start()); }

  static ServerProcess::Options OptionsIn(const TempDir& directory) {
    return ClusterOptions(ROWHOUSE_SERVER_BINARY, directory.path(), 1).front();
  }

  void StartProxy(Proxy::Options options) {
    options.server = server_.address();
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(proxy_, Proxy::Start(options));
    ClientOptions quick;
    quick.timeout = absl::Seconds(20);
    quick.retry_wait_min = absl::Milliseconds(1);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client,
                                  Client::Connect(proxy_->address(), quick));
    client_.emplace(std::move(client));
    ROWHOUSE_ASSERT_OK(client_->CreateTable(CounterTable()));
  }

  void PushAll() {
    for (std::uint64_t i = 0; i < kPushes; ++i) {
      ROWHOUSE_ASSERT_OK(
          PushCounters(*client_, oracle_, CounterPush(1, 1, i), i, abandoned_));
    }
  }

  void ExpectExactlyOnce() {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto verdict,
                                  oracle_.Compare(*client_));
    EXPECT_EQ(verdict.lost, 0u);
    EXPECT_EQ(verdict.doubled, 0u);
  }

  std::uint64_t DuplicatesSeenByServer() {
    auto shards = client_->Shards();
    EXPECT_TRUE(shards.ok()) << shards.status();
    return shards.ok() ? shards->front().duplicates : 0;
  }

  const TempDir directory_;
  ServerProcess server_;
  const std::atomic<bool> abandoned_{false};
  std::unique_ptr<Proxy> proxy_;
  std::optional<Client> client_;
  CounterOracle oracle_;
};

TEST_F(ProxyTest, WithoutFaultsItIsNotThere) {
  StartProxy({});
  PushAll();
  ExpectExactlyOnce();
  EXPECT_EQ(DuplicatesSeenByServer(), 0u);
  EXPECT_EQ(proxy_->counts().dropped, 0u);
}

// A lost reply is one whose push was applied: the retry finds it done.
TEST_F(ProxyTest, ALostReplyIsLostAfterTheServerHasActed) {
  StartProxy({.drop_replies = 0.3});
  PushAll();
  EXPECT_GT(DuplicatesSeenByServer(), 0u);
  ExpectExactlyOnce();
  EXPECT_GT(proxy_->counts().dropped, kPushes / 10);
}

TEST_F(ProxyTest, ALostReplyMayTakeItsConnectionWithIt) {
  StartProxy({.drop_replies = 0.2, .cut_every = 1});
  PushAll();
  EXPECT_GT(DuplicatesSeenByServer(), 0u);
  ExpectExactlyOnce();
  EXPECT_GT(proxy_->counts().cuts, kPushes / 20);
}

TEST_F(ProxyTest, APushIsDeliveredTwice) {
  Duplicator duplicator(server_.address());
  StartProxy({.duplicate_pushes = 1, .duplicator = &duplicator});
  PushAll();
  duplicator.Drain();
  const Duplicator::Counts copies = duplicator.counts();
  EXPECT_EQ(copies.sent, kPushes);
  EXPECT_EQ(copies.failed + copies.unanswered, 0u);
  EXPECT_GT(copies.known + copies.refused, kPushes / 2);
  ExpectExactlyOnce();
}

TEST_F(ProxyTest, ASilentNetworkEndsACallByItsDeadlineAndComesBack) {
  StartProxy({});
  PushAll();
  ClientOptions hasty;
  hasty.timeout = absl::Milliseconds(300);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client other,
                                Client::Connect(proxy_->address(), hasty));
  proxy_->Silence(/*to_server=*/false, /*to_client=*/true);
  EXPECT_FALSE(other.ListTables().ok());
  proxy_->Silence(false, false);
  PushAll();
  ExpectExactlyOnce();
}

TEST_F(ProxyTest, CutConnectionsAreMadeAnew) {
  StartProxy({});
  for (int round = 0; round < 5; ++round) {
    proxy_->Cut();
    PushAll();
  }
  ExpectExactlyOnce();
  EXPECT_GT(proxy_->counts().cuts, 0u);
}

}  // namespace
}  // namespace rowhouse::faults
