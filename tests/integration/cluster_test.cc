// Goal: what a cluster of real servers promises to clients that come and go:
// any order of addresses, checkpoints that restore onto another count, sessions
// that a restore ends. Method: rowhouse-server processes on free ports and the
// public client library; no other door.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rowhouse/client.h"
#include "tests/testing/server_process.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {
namespace {

using ::testing::HasSubstr;

constexpr std::uint32_t kDim = 4;
constexpr std::uint64_t kRows = 500;

TableSpec Words() {
  TableSpec spec;
  spec.name = "words";
  spec.dim = kDim;
  spec.rows = kRows;
  spec.seed = 7;
  spec.initializer = NormalInitializer{.stddev = 0.1f};
  spec.optimizer = FtrlSpec{.learning_rate = 0.1f, .l1 = 0.01f};
  return spec;
}

// N shards below `directory`; checkpoints are shared by all clusters there.
class Cluster {
 public:
  Cluster(const std::string& directory, const std::string& name, int count) {
    for (auto& options :
         ClusterOptions(ROWHOUSE_SERVER_BINARY,
                        absl::StrCat(directory, "/", name), count)) {
      options.checkpoint_dir = absl::StrCat(directory, "/checkpoints");
      options.log_path = absl::StrCat(directory, "/", name, ".log");
      servers_.push_back(std::make_unique<ServerProcess>(std::move(options)));
    }
  }
  void Start() {
    for (auto& server : servers_) ROWHOUSE_ASSERT_OK(server->Start());
  }
  // Reversed: clients find out by themselves who is who.
  std::string Address() const {
    std::vector<const ServerProcess*> all;
    for (auto it = servers_.rbegin(); it != servers_.rend(); ++it) {
      all.push_back(it->get());
    }
    return AddressList(all);
  }
  ServerProcess& server(int i) { return *servers_[i]; }

 private:
  std::vector<std::unique_ptr<ServerProcess>> servers_;
};

std::vector<FeatureIds> Bags(std::uint64_t step) {
  FeatureIds feature;
  feature.table = "words";
  feature.dim = kDim;
  feature.combiner = Combiner::kMean;
  feature.batch.row_splits = {0};
  for (std::uint64_t bag = 0; bag < 16; ++bag) {
    for (std::uint64_t i = 0; i < bag % 4; ++i) {
      feature.batch.ids.push_back((step * 31 + bag * 17 + i * 101) % kRows);
    }
    feature.batch.row_splits.push_back(
        static_cast<std::uint32_t>(feature.batch.ids.size()));
  }
  return {feature};
}

absl::Status Step(Client& client, std::uint64_t step) {
  auto found = client.Lookup(Bags(step));
  if (!found.ok()) return found.status();
  std::vector<float> gradients = found->activations[0].values;
  for (float& g : gradients) g += 0.25f;
  const absl::Span<const float> pushed = gradients;
  return client.Push(std::move(found->ticket), {pushed}, {.step = step})
      .status();
}

Rows AllRows(Client& client) {
  std::vector<Id> ids(kRows);
  std::iota(ids.begin(), ids.end(), Id{0});
  auto rows = client.ReadRows("words", ids);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? *std::move(rows) : Rows{};
}

// Weights, slots and which rows are stored; stamps are new after a restore.
void ExpectEqualRows(const Rows& a, const Rows& b) {
  EXPECT_EQ(a.stored, b.stored);
  ASSERT_EQ(a.weights.size(), b.weights.size());
  ASSERT_EQ(a.slots.size(), b.slots.size());
  EXPECT_EQ(std::memcmp(a.weights.data(), b.weights.data(),
                        a.weights.size() * sizeof(float)),
            0);
  EXPECT_EQ(std::memcmp(a.slots.data(), b.slots.data(),
                        a.slots.size() * sizeof(float)),
            0);
}

std::uint64_t Stored(const Rows& rows) {
  return std::accumulate(rows.stored.begin(), rows.stored.end(), 0u);
}

TEST(ClusterTest, CheckpointOfFourShardsRestoresOntoFourAndOntoOne) {
  const TempDir directory;
  Cluster source(directory.path(), "source", 4);
  source.Start();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client,
                                Client::Connect(source.Address()));
  ROWHOUSE_ASSERT_OK(client.CreateTable(Words()));
  for (std::uint64_t step = 0; step < 20; ++step) {
    ROWHOUSE_ASSERT_OK(Step(client, step));
  }
  const Rows saved = AllRows(client);
  ASSERT_GT(Stored(saved), 100u);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointSummary checkpoint,
                                client.CreateCheckpoint("twenty"));
  EXPECT_EQ(checkpoint.shards, 4u);
  EXPECT_EQ(checkpoint.rows, Stored(saved));
  EXPECT_THAT(client.CreateCheckpoint("twenty"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("twenty")));

  // What is pushed after the checkpoint is not in it.
  for (std::uint64_t step = 20; step < 25; ++step) {
    ROWHOUSE_ASSERT_OK(Step(client, step));
  }
  for (const int shards : {4, 1}) {
    SCOPED_TRACE(shards);
    Cluster target(directory.path(), absl::StrCat("target", shards), shards);
    target.Start();
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client other,
                                  Client::Connect(target.Address()));
    ROWHOUSE_ASSERT_OK(other.RestoreCheckpoint("twenty", /*replace=*/false));
    ExpectEqualRows(saved, AllRows(other));
    // It serves on, and remembers over a restart.
    ROWHOUSE_ASSERT_OK(Step(other, 20));
    const Rows continued = AllRows(other);
    target.server(0).Kill();
    ROWHOUSE_ASSERT_OK(target.server(0).Start());
    ExpectEqualRows(continued, AllRows(other));
  }
}

TEST(ClusterTest, ASessionFromBeforeARestoreIsRefusedAndChangesNothing) {
  const TempDir directory;
  Cluster cluster(directory.path(), "cluster", 4);
  cluster.Start();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client old, Client::Connect(cluster.Address()));
  ROWHOUSE_ASSERT_OK(old.CreateTable(Words()));
  ROWHOUSE_ASSERT_OK(Step(old, 0));
  ROWHOUSE_ASSERT_OK(old.CreateCheckpoint("start").status());
  auto looked_up_before = old.Lookup(Bags(1));
  ROWHOUSE_ASSERT_OK(looked_up_before.status());

  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client other,
                                Client::Connect(cluster.Address()));
  EXPECT_THAT(
      other.RestoreCheckpoint("start", /*replace=*/false),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("replace")));
  ROWHOUSE_ASSERT_OK(other.RestoreCheckpoint("start", /*replace=*/true));
  const Rows restored = AllRows(other);

  const std::vector<float> ones(looked_up_before->activations[0].values.size(),
                                1.0f);
  const absl::Span<const float> gradients = ones;
  EXPECT_THAT(
      old.Push(std::move(looked_up_before->ticket), {gradients}),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("session")));
  ExpectEqualRows(restored, AllRows(other));
  // The old client goes on in new sessions.
  ROWHOUSE_EXPECT_OK(Step(old, 2));
}

// A push that reached one shard alone is a step that the other lacks.
TEST(ClusterTest, ATrainerThatEndsBetweenTwoShardsDoesNotStopATableOfAdam) {
  const TempDir dir;
  Cluster cluster(dir.path(), "two", 2);
  cluster.Start();
  TableSpec adam = Words();
  adam.optimizer = AdamSpec{};
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client trainer, Client::Connect(cluster.Address(),
                                        {.timeout = absl::Milliseconds(500)}));
    ROWHOUSE_ASSERT_OK(trainer.CreateTable(adam));
    ROWHOUSE_ASSERT_OK(Step(trainer, 0));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto found, trainer.Lookup(Bags(1)));
    cluster.server(1).Kill();
    const absl::Span<const float> gradients = found.activations[0].values;
    EXPECT_THAT(
        trainer.Push(std::move(found.ticket), {gradients}, {.step = 1}),
        StatusIs(absl::StatusCode::kUnavailable, HasSubstr("is unknown")));
  }
  ROWHOUSE_ASSERT_OK(cluster.server(1).Start());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client next,
                                Client::Connect(cluster.Address()));
  for (std::uint64_t step = 2; step < 5; ++step) {
    ROWHOUSE_EXPECT_OK(Step(next, step));
  }
}

TEST(ClusterTest, AddressesThatAreNoClusterAreRefusedWithTheNumbers) {
  const TempDir directory;
  Cluster cluster(directory.path(), "cluster", 3);
  cluster.Start();
  EXPECT_THAT(Client::Connect(absl::StrCat(cluster.server(0).address(), ",",
                                           cluster.server(1).address())),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3")));
  EXPECT_THAT(Client::Connect(absl::StrCat(cluster.server(0).address(), ",",
                                           cluster.server(1).address(), ",",
                                           cluster.server(1).address())),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1")));
}

TEST(ClusterTest, DrainsOnSigtermAndKeepsEverything) {
  const TempDir directory;
  Cluster cluster(directory.path(), "cluster", 1);
  cluster.Start();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client,
                                Client::Connect(cluster.Address()));
  ROWHOUSE_ASSERT_OK(client.CreateTable(Words()));
  for (std::uint64_t step = 0; step < 10; ++step) {
    ROWHOUSE_ASSERT_OK(Step(client, step));
  }
  const Rows before = AllRows(client);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const int status,
                                cluster.server(0).Terminate());
  EXPECT_EQ(status, 0);
  ROWHOUSE_ASSERT_OK(cluster.server(0).Start());
  ExpectEqualRows(before, AllRows(client));
  ROWHOUSE_EXPECT_OK(Step(client, 10));  // the same session goes on
}

TEST(ClusterTest, ServesOverAUnixSocket) {
  const TempDir directory;
  auto options = ClusterOptions(ROWHOUSE_SERVER_BINARY, directory.path(), 1)[0];
  options.listen = absl::StrCat("unix:", directory.path(), "/socket");
  ServerProcess server(options);
  ROWHOUSE_ASSERT_OK(server.Start());
  EXPECT_EQ(server.address(), options.listen);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client client,
                                Client::Connect(server.address()));
  ROWHOUSE_ASSERT_OK(client.CreateTable(Words()));
  ROWHOUSE_EXPECT_OK(Step(client, 0));
}

TEST(ClusterTest, ADirectoryInUseOrOfAnotherShardIsRefused) {
  const TempDir directory;
  auto options = ClusterOptions(ROWHOUSE_SERVER_BINARY, directory.path(), 2);
  ServerProcess first(options[0]);
  ROWHOUSE_ASSERT_OK(first.Start());
  ServerProcess second(options[0]);
  EXPECT_THAT(second.Start(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("status 1")));
  ROWHOUSE_ASSERT_OK(first.Terminate().status());
  options[1].data_dir = options[0].data_dir;
  ServerProcess other(options[1]);
  EXPECT_THAT(other.Start(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("status 1")));
}

}  // namespace
}  // namespace rowhouse
