#include "client/internal/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Cluster, PutsShardsInTheirOrder) {
  FakeCluster fake(3);
  std::swap(fake.shards[0], fake.shards[2]);
  FakeTime time;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto cluster,
                                Cluster::Join(fake.Stubs(), time.options()));
  ASSERT_EQ(cluster->shard_count(), 3u);
  EXPECT_EQ(cluster->stub(ShardIndex(0)).address(), "fake:0");
  EXPECT_EQ(cluster->stub(ShardIndex(2)).address(), "fake:2");
  EXPECT_EQ(cluster->Name(ShardIndex(2)), "shard 2 (fake:2)");
}

TEST(Cluster, WaitsForServersThatAreNotUpYet) {
  FakeCluster fake(2);
  fake.shard(1).Script("GetShardInfo",
                       {Fate::Lost(), Fate::Lost(), Fate::Lost()});
  FakeTime time;
  ROWHOUSE_ASSERT_OK(Cluster::Join(fake.Stubs(), time.options()));
  EXPECT_EQ(fake.shard(1).Count("GetShardInfo"), 4u);
}

TEST(Cluster, ServersThatNeverComeAreUnavailableByName) {
  FakeCluster fake(2);
  fake.shard(1).Script("GetShardInfo",
                       std::vector<Fate>(kForever, Fate::Lost()));
  FakeTime time;
  EXPECT_THAT(Cluster::Join(fake.Stubs(), time.options()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("fake:1")));
}

TEST(Cluster, NoStubsOrAShardTwiceIsNoCluster) {
  FakeTime time;
  EXPECT_THAT(
      Cluster::Join({}, time.options()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 addresses")));
  FakeCluster fake(2);
  std::vector<std::unique_ptr<ShardStub>> twice = fake.Stubs();
  twice[1] = std::make_unique<FakeShardStub>(fake.shard(0));
  EXPECT_THAT(Cluster::Join(std::move(twice), time.options()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("both shard 0 of 2")));
}

class JoinedClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
  }

  // Calls that end as `script` says, try after try; counts the tries.
  void FanOut(std::vector<ShardCall>& calls,
              std::map<std::uint32_t, std::vector<absl::Status>> script) {
    cluster_->FanOut(
        time_.Deadline(), calls,
        [&](std::size_t i, absl::Time, Cluster::Done done) {
          const std::uint32_t shard = calls[i].shard.value();
          const std::size_t tries = tries_[shard]++;
          std::vector<absl::Status>& ends = script[shard];
          done(tries < ends.size() ? ends[tries] : absl::OkStatus());
        });
  }

  FakeCluster fake_{3};
  FakeTime time_;
  std::unique_ptr<Cluster> cluster_;
  std::map<std::uint32_t, std::size_t> tries_;
};

TEST_F(JoinedClusterTest, FanOutRepeatsOnlyWhatHasNoAnswer) {
  std::vector<ShardCall> calls{
      {ShardIndex(0)}, {ShardIndex(1)}, {ShardIndex(2)}};
  FanOut(calls, {{1, {absl::UnavailableError(""), absl::UnavailableError("")}},
                 {2, {absl::NotFoundError("gone")}}});
  ROWHOUSE_EXPECT_OK(calls[0].status);
  EXPECT_FALSE(calls[0].unanswered);
  ROWHOUSE_EXPECT_OK(calls[1].status);
  EXPECT_TRUE(calls[1].unanswered);
  EXPECT_THAT(calls[2].status, StatusIs(absl::StatusCode::kNotFound, "gone"));
  EXPECT_EQ(tries_[0], 1u);
  EXPECT_EQ(tries_[1], 3u);
  EXPECT_EQ(tries_[2], 1u);
}

TEST_F(JoinedClusterTest, FanOutGoesOnWhereItGaveUp) {
  std::vector<ShardCall> calls{{ShardIndex(0)}, {ShardIndex(1)}};
  FanOut(calls, {{1, std::vector<absl::Status>(
                         kForever, absl::DeadlineExceededError("late"))}});
  ROWHOUSE_EXPECT_OK(calls[0].status);
  EXPECT_THAT(calls[1].status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  FanOut(calls, {{1, {}}});
  ROWHOUSE_EXPECT_OK(calls[1].status);
  EXPECT_EQ(tries_[0], 1u) << "an answered call was made again";
}

TEST_F(JoinedClusterTest, FanOutRepeatsWhatTheJudgeKeeps) {
  std::vector<ShardCall> calls{{ShardIndex(0)}, {ShardIndex(1)}};
  int tries = 0;
  int judged = 0;
  cluster_->FanOut(
      time_.Deadline(), calls,
      [&](std::size_t i, absl::Time, Cluster::Done done) {
        calls[i].full = false;
        done(i == 1 && ++tries < 3 ? absl::ResourceExhaustedError("full")
                                   : absl::OkStatus());
      },
      [&](std::vector<ShardCall>& all) {
        ++judged;
        ROWHOUSE_EXPECT_OK(all[0].status);
        if (all[1].status.ok()) return;
        all[1].status = absl::UnavailableError("full");
        all[1].full = true;
      });
  ROWHOUSE_EXPECT_OK(calls[1].status);
  EXPECT_EQ(tries, 3);
  EXPECT_EQ(judged, 3);
  EXPECT_FALSE(calls[1].unanswered) << "it answered every time";
}

TEST_F(JoinedClusterTest, FanOutWaitsForAnswersOfOtherThreads) {
  std::vector<ShardCall> calls{{ShardIndex(0)}, {ShardIndex(1)}};
  std::vector<std::thread> threads;
  cluster_->FanOut(time_.Deadline(), calls,
                   [&](std::size_t, absl::Time, Cluster::Done done) {
                     threads.emplace_back([done = std::move(done)]() mutable {
                       done(absl::OkStatus());
                     });
                   });
  for (const ShardCall& call : calls) ROWHOUSE_EXPECT_OK(call.status);
  for (std::thread& thread : threads) thread.join();
}

TEST_F(JoinedClusterTest, ForEachShardNamesTheFirstThatFails) {
  std::vector<std::uint32_t> called;
  EXPECT_THAT(cluster_->ForEachShard(
                  Idempotency::kRepeatable, time_.Deadline(),
                  [&](ShardIndex shard, ShardStub&, absl::Time) {
                    called.push_back(shard.value());
                    return shard.value() == 0 ? absl::OkStatus()
                                              : absl::InternalError("oh");
                  }),
              StatusIs(absl::StatusCode::kInternal, "shard 1 (fake:1): oh"));
  EXPECT_THAT(called, ElementsAre(0, 1, 2));
}

TEST_F(JoinedClusterTest, CheckMembersNoticesAChangedMap) {
  ROWHOUSE_EXPECT_OK(cluster_->CheckMembers(time_.Deadline()));
  fake_.shard(2).info.map_version = 2;
  EXPECT_THAT(cluster_->CheckMembers(time_.Deadline()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 2 of map version 1 and is now shard 2 "
                                 "of map version 2")));
}

}  // namespace
}  // namespace rowhouse::internal
