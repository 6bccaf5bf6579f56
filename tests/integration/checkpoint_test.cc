// Goal: a checkpoint taken while several trainers go on holds whole steps of
// each of them, on every shard alike, and no trainer waits for it. Method:
// trainers that count, several pushes a step; a checkpoint has all counts of a
// trainer equal, or it was cut through a step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rowhouse/client.h"
#include "tests/testing/server_process.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {
namespace {

constexpr std::uint64_t kIdsOfTrainer = 30;  // spread over all shards
constexpr std::uint64_t kPushesOfStep = 3;
constexpr std::uint64_t kTrainers = 3;

TableSpec Counts() {
  TableSpec spec;
  spec.name = "counts";
  spec.dim = 1;
  spec.optimizer = SgdSpec{.learning_rate = -1.0f};
  return spec;
}

std::vector<std::uint64_t> IdsOf(std::uint64_t trainer, std::uint64_t push) {
  std::vector<std::uint64_t> ids;
  for (std::uint64_t i = push; i < kIdsOfTrainer; i += kPushesOfStep) {
    ids.push_back(trainer * 1000 + i);
  }
  return ids;
}

// Adds 1 to the rows.
absl::Status Count(Client& client, const std::vector<std::uint64_t>& ids) {
  FeatureIds feature;
  feature.table = "counts";
  feature.dim = 1;
  feature.combiner = Combiner::kNone;
  feature.batch.ids = ids;
  auto found = client.Lookup({feature});
  if (!found.ok()) return found.status();
  const std::vector<float> ones(ids.size(), 1.0f);
  const absl::Span<const float> pushed = ones;
  return client.Push(std::move(found->ticket), {pushed}).status();
}

std::vector<std::unique_ptr<ServerProcess>> StartCluster(
    const std::string& directory, const std::string& name, int count,
    std::string& address) {
  std::vector<std::unique_ptr<ServerProcess>> servers;
  std::vector<const ServerProcess*> all;
  for (auto& options : ClusterOptions(
           ROWHOUSE_SERVER_BINARY, absl::StrCat(directory, "/", name), count)) {
    options.checkpoint_dir = absl::StrCat(directory, "/checkpoints");
    options.log_path = absl::StrCat(directory, "/", name, ".log");
    servers.push_back(std::make_unique<ServerProcess>(std::move(options)));
    EXPECT_THAT(servers.back()->Start(), IsOk());
    all.push_back(servers.back().get());
  }
  address = AddressList(all);
  return servers;
}

TEST(CheckpointTest, HoldsWholeStepsOfTrainersThatGoOn) {
  const TempDir directory;
  std::string address;
  const auto servers = StartCluster(directory.path(), "wide", 3, address);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client admin, Client::Connect(address));
  ROWHOUSE_ASSERT_OK(admin.CreateTable(Counts()));
  // One that does nothing holds nobody up.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Client idle, Client::Connect(address));

  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> steps{0};
  std::vector<std::thread> trainers;
  for (std::uint64_t t = 0; t < kTrainers; ++t) {
    trainers.emplace_back([&, t] {
      auto client = Client::Connect(address);
      ROWHOUSE_ASSERT_OK(client.status());
      while (!stop) {
        for (std::uint64_t push = 0; push < kPushesOfStep; ++push) {
          ROWHOUSE_ASSERT_OK(Count(*client, IdsOf(t, push)));
        }
        client->EndStep();
        ++steps;
      }
    });
  }
  std::vector<std::string> names;
  std::uint64_t epoch = 0;
  for (int i = 0; i < 6; ++i) {
    const std::uint64_t before = steps;
    while (steps < before + 5) std::this_thread::yield();
    names.push_back(absl::StrCat("c", i));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const CheckpointSummary made,
                                  admin.CreateCheckpoint(names.back()));
    EXPECT_TRUE(i == 0 || made.snapshot_epoch > epoch);
    epoch = made.snapshot_epoch;
  }
  stop = true;
  for (std::thread& trainer : trainers) trainer.join();

  std::string small;
  const auto others = StartCluster(directory.path(), "small", 2, small);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client reader, Client::Connect(small));
  std::vector<float> last(kTrainers, 0.0f);
  for (const std::string& name : names) {
    ROWHOUSE_ASSERT_OK(reader.RestoreCheckpoint(name, /*replace=*/true));
    for (std::uint64_t t = 0; t < kTrainers; ++t) {
      std::vector<std::uint64_t> ids;
      for (std::uint64_t push = 0; push < kPushesOfStep; ++push) {
        for (const std::uint64_t id : IdsOf(t, push)) ids.push_back(id);
      }
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows,
                                    reader.ReadRows("counts", ids));
      EXPECT_THAT(rows.weights, testing::Each(rows.weights[0]))
          << name << " cuts a step of trainer " << t;
      EXPECT_GE(rows.weights[0], last[t]) << name;
      last[t] = rows.weights[0];
    }
  }
  EXPECT_GT(last[0] + last[1] + last[2], 20.0f);
}

// The server is killed while it is in the middle of one.
TEST(CheckpointTest, OneThatAShardDiesInLeavesNothingAndTheNextIsWhole) {
  const TempDir directory;
  std::string address;
  auto servers = StartCluster(directory.path(), "wide", 2, address);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Client trainer, Client::Connect(address));
  ROWHOUSE_ASSERT_OK(trainer.CreateTable(Counts()));
  ROWHOUSE_ASSERT_OK(Count(trainer, IdsOf(0, 0)));
  trainer.EndStep();
  ROWHOUSE_ASSERT_OK(Count(trainer, IdsOf(0, 1)));
  // It does not end its step, so the checkpoint waits for it.
  std::thread maker([&] {
    auto admin = Client::Connect(address, {.open_sessions = false});
    ROWHOUSE_ASSERT_OK(admin.status());
    EXPECT_THAT(admin->CreateCheckpoint("broken"),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         testing::HasSubstr("has no open cut")));
  });
  // Both shards have opened their cuts.
  const std::string log = absl::StrCat(directory.path(), "/wide.log");
  for (std::size_t opened = 0; opened < 2;) {
    std::ifstream in(log);
    opened = 0;
    for (std::string line; std::getline(in, line);) {
      opened += absl::StrContains(line, "cut_opened") ? 1 : 0;
    }
  }
  ROWHOUSE_ASSERT_OK(Count(trainer, IdsOf(0, 1)));
  servers[1]->Kill();
  ROWHOUSE_ASSERT_OK(servers[1]->Start());
  maker.join();
  ROWHOUSE_ASSERT_OK(Count(trainer, IdsOf(0, 2)));
  trainer.EndStep();
  ROWHOUSE_ASSERT_OK(trainer.CreateCheckpoint("whole"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto all, trainer.ListCheckpoints());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "whole");
  EXPECT_NE(
      ::access(absl::StrCat(directory.path(), "/checkpoints/broken").c_str(),
               F_OK),
      0);
}

}  // namespace
}  // namespace rowhouse
