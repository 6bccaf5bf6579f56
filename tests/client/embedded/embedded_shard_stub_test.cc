#include "client/embedded/embedded_shard_stub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "client/internal/connection.h"
#include "client/internal/embedded.h"
#include "tests/client/embedded/unreliable_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// `count` real shards below one directory.
absl::StatusOr<std::unique_ptr<Connection>> OpenShards(const TempDir& dir,
                                                       std::uint32_t count) {
  std::vector<std::unique_ptr<ShardStub>> stubs;
  for (std::uint32_t i = 0; i < count; ++i) {
    EmbeddedOptions options;
    options.data_dir = dir.File(absl::StrCat("shard-", i, "-of-", count));
    options.checkpoint_dir = dir.File("checkpoints");
    options.index = ShardIndex(i);
    options.shard_count = count;
    options.new_incarnation = 1000 * count + i;
    ROWHOUSE_ASSIGN_OR_RETURN(stubs.emplace_back(), OpenEmbeddedShard(options));
  }
  Connection::Options options;
  options.number_seed = count;
  return Connection::Open(std::move(stubs), std::move(options));
}

TableSpec Spec(const std::string& name, std::uint32_t dim) {
  TableSpec spec = SpecOf(name, dim);
  spec.seed = 3;
  spec.initializer = NormalInitializer{};
  spec.optimizer = AdagradSpec{0.5f};
  return spec;
}

// Every bag has one id, so no sum is split and layouts agree to the bit.
absl::Status Train(Connection& connection, int steps) {
  for (int step = 0; step < steps; ++step) {
    IdBatch ids;
    for (Id i = 0; i < 64; ++i) {
      ids.ids.push_back(i * i * 7919 % (100 + 10 * static_cast<Id>(step)));
    }
    std::vector<FeatureIds> features;
    features.push_back({"deep", 4, Combiner::kMean, ids});
    features.push_back({"wide", 1, Combiner::kSum, ids});
    ROWHOUSE_ASSIGN_OR_RETURN(auto found,
                              connection.Lookup(std::move(features)));
    std::vector<std::vector<float>> gradients;
    std::vector<absl::Span<const float>> views;
    for (const Activation& activation : found.first) {
      std::vector<float>& gradient = gradients.emplace_back();
      for (const float value : activation.values) {
        gradient.push_back(value * 0.25f + 0.01f);
      }
    }
    for (const auto& gradient : gradients) views.push_back(gradient);
    ROWHOUSE_RETURN_IF_ERROR(
        connection.Push(std::move(found.second), views, {}).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Rows> AllRows(Connection& connection, const std::string& table) {
  std::vector<Id> ids(200);
  for (Id i = 0; i < 200; ++i) ids[i] = i;
  return connection.ReadRows(table, ids);
}

TEST(EmbeddedShardStub, OneShardAndFourEndWithTheSameRows) {
  TempDir dir;
  std::vector<std::vector<float>> weights;
  for (const std::uint32_t count : {1u, 4u}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto connection, OpenShards(dir, count));
    ROWHOUSE_ASSERT_OK(connection->CreateTable(Spec("deep", 4)));
    ROWHOUSE_ASSERT_OK(connection->CreateTable(Spec("wide", 1)));
    ROWHOUSE_ASSERT_OK(Train(*connection, 5));
    for (const char* table : {"deep", "wide"}) {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(Rows rows, AllRows(*connection, table));
      weights.push_back(std::move(rows.weights));
      weights.push_back(std::move(rows.slots));
    }
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(weights[i], weights[i + 4]) << i;
}

TEST(EmbeddedShardStub, ACheckpointOfTwoShardsIsRestoredOntoThree) {
  TempDir dir;
  Rows before;
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto two, OpenShards(dir, 2));
    ROWHOUSE_ASSERT_OK(two->CreateTable(Spec("deep", 4)));
    ROWHOUSE_ASSERT_OK(two->CreateTable(Spec("wide", 1)));
    ROWHOUSE_ASSERT_OK(Train(*two, 3));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto made, two->CreateCheckpoint("c"));
    EXPECT_EQ(made.shards, 2u);
    EXPECT_GT(made.rows, 0u);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(before, AllRows(*two, "deep"));
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto three, OpenShards(dir, 3));
  ROWHOUSE_ASSERT_OK(three->RestoreCheckpoint("c", false));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows after, AllRows(*three, "deep"));
  EXPECT_EQ(after.weights, before.weights);
  EXPECT_EQ(after.slots, before.slots);
  EXPECT_EQ(after.stored, before.stored);
  ROWHOUSE_EXPECT_OK(Train(*three, 1));
}

TEST(EmbeddedShardStub, RowsOutliveTheShard) {
  TempDir dir;
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto connection, OpenShards(dir, 2));
    ROWHOUSE_ASSERT_OK(connection->CreateTable(SpecOf("t", 2)));
    ROWHOUSE_ASSERT_OK(connection->WriteRows("t", {5, 6}, {1, 2, 3, 4}, {}));
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto connection, OpenShards(dir, 2));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows,
                                connection->ReadRows("t", {6, 5, 7}));
  EXPECT_THAT(rows.weights, ElementsAre(3, 4, 1, 2, 0, 0));
  EXPECT_THAT(rows.stored, ElementsAre(1, 1, 0));
}

TEST(EmbeddedShardStub, OutputsAreWrittenInPlaceOrMade) {
  TempDir dir;
  EmbeddedOptions options;
  options.data_dir = dir.File("data");
  options.new_incarnation = 5;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto stub, OpenEmbeddedShard(options));
  TableSpec spec = SpecOf("t", 2);
  spec.initializer = ConstantInitializer{0.5f};
  ROWHOUSE_ASSERT_OK(stub->CreateTable(spec, TableIncarnation(9), {}));
  const std::vector<Id> ids = {1, 2};
  LookupInput input;
  input.table = "t";
  input.dim = 2;
  input.bags.ids = ids;
  std::vector<float> place(4, -1);
  const absl::Span<float> output = absl::MakeSpan(place);
  stub->Lookup({1, {input}}, {output}, {},
               [&](absl::StatusOr<LookupReply> reply) {
                 ROWHOUSE_ASSERT_OK(reply);
                 EXPECT_EQ(reply->values[0].data(), place.data());
               });
  EXPECT_THAT(place, ElementsAre(.5f, .5f, .5f, .5f));
  stub->Lookup({1, {input}}, {}, {}, [&](absl::StatusOr<LookupReply> reply) {
    ROWHOUSE_ASSERT_OK(reply);
    EXPECT_THAT(reply->values[0], ElementsAre(.5f, .5f, .5f, .5f));
  });
  input.dim = 3;
  stub->Lookup({1, {input}}, {}, {}, [&](absl::StatusOr<LookupReply> reply) {
    EXPECT_THAT(reply, StatusIs(absl::StatusCode::kInvalidArgument));
  });
}

TEST(EmbeddedShardStub, ADirectoryIsOpenedOnce) {
  TempDir dir;
  EmbeddedOptions options;
  options.data_dir = dir.File("data");
  options.new_incarnation = 5;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto stub, OpenEmbeddedShard(options));
  EXPECT_EQ(stub->address(), absl::StrCat("embedded:", options.data_dir));
  EXPECT_THAT(OpenEmbeddedShard(options),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

// Every push adds 1 to each row per occurrence of its id.
TEST(EmbeddedShardStub, EveryPushCountsOnceWhateverIsLostOrRestarted) {
  constexpr std::uint32_t kShards = 2;
  constexpr Id kIds = 12;
  TempDir dir;
  FakeTime time;
  std::vector<std::unique_ptr<ShardStub>> stubs;
  std::vector<const UnreliableStub*> unreliable;
  for (std::uint32_t i = 0; i < kShards; ++i) {
    EmbeddedOptions options;
    options.data_dir = dir.File(absl::StrCat(i));
    options.index = ShardIndex(i);
    options.shard_count = kShards;
    options.new_incarnation = 70 + i;
    auto stub = std::make_unique<UnreliableStub>(options, /*seed=*/11 + i);
    unreliable.push_back(stub.get());
    stubs.push_back(std::move(stub));
  }
  Connection::Options options;
  options.cluster = time.options();
  // One try or two: pushes stay without an answer for a while.
  options.cluster.retry.timeout = absl::Milliseconds(8);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      auto connection, Connection::Open(std::move(stubs), std::move(options)));
  TableSpec spec = SpecOf("counts");
  spec.optimizer = SgdSpec{1.0f};
  ROWHOUSE_ASSERT_OK(connection->CreateTable(spec));

  std::vector<float> expected(kIds, 0);
  std::mt19937_64 random(5);
  int unknown = 0;
  for (int push = 0; push < 150; ++push) {
    std::vector<Id> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(random() % kIds);
    const std::vector<float> gradient(ids.size(), -1.0f);
    std::vector<FeatureIds> features;
    features.push_back({"counts", 1, Combiner::kSum, {ids, {}, {}}});
    auto found = connection->Lookup(features);
    while (!found.ok()) found = connection->Lookup(features);
    // Nothing is sent while an earlier push is without an answer.
    while (!connection->Flush().ok()) {
    }
    const absl::Status status =
        connection
            ->Push(std::move(found->second), {absl::MakeSpan(gradient)}, {})
            .status();
    ASSERT_TRUE(status.ok() || IsTransient(status)) << status;
    if (!status.ok()) ++unknown;
    for (const Id id : ids) expected[id] += 1;
  }
  while (!connection->Flush().ok()) {
  }

  std::vector<Id> all(kIds);
  for (Id id = 0; id < kIds; ++id) all[id] = id;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows,
                                connection->ReadRows("counts", all));
  EXPECT_EQ(rows.weights, expected);
  EXPECT_GT(unknown, 0);
  for (const UnreliableStub* stub : unreliable) {
    EXPECT_GT(stub->faults().lost, 0);
    EXPECT_GT(stub->faults().unanswered, 0);
    EXPECT_GT(stub->faults().restarts, 0);
  }
}

}  // namespace
}  // namespace rowhouse::internal
