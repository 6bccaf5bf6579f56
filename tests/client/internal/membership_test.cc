#include "client/internal/membership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Member MakeMember(const std::string& address, std::uint32_t index,
                  std::uint32_t count) {
  Member member;
  member.address = address;
  member.info.map_version = 5;
  member.info.index = ShardIndex(index);
  member.info.shard_count = count;
  member.info.buckets = ShardMap::Uniform(5, count)->RangeOf(ShardIndex(index));
  return member;
}

TEST(Membership, AnyOrderOfAllShardsIsACluster) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      ShardMap map,
      CheckMembership({MakeMember("c", 2, 3), MakeMember("a", 0, 3),
                       MakeMember("b", 1, 3)}));
  EXPECT_EQ(map.shard_count(), 3u);
  EXPECT_EQ(map.version(), 5u);
}

TEST(Membership, NoneIsNoCluster) {
  EXPECT_THAT(CheckMembership({}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Membership, AShardTwice) {
  EXPECT_THAT(CheckMembership({MakeMember("a", 1, 2), MakeMember("b", 1, 2)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a and b are both shard 1 of 2")));
}

TEST(Membership, AShardMissing) {
  EXPECT_THAT(CheckMembership({MakeMember("a", 0, 3), MakeMember("b", 2, 3)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no address of shard 1 of 3 among 2")));
}

TEST(Membership, ShardsOfTwoClusters) {
  EXPECT_THAT(CheckMembership({MakeMember("a", 0, 2), MakeMember("b", 1, 3)}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("a is of a cluster of 2"),
                             HasSubstr("b of one of 3"))));
}

TEST(Membership, MapVersionsDiffer) {
  Member other = MakeMember("b", 1, 2);
  other.info.map_version = 6;
  EXPECT_THAT(
      CheckMembership({MakeMember("a", 0, 2), other}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("a has map version 5"), HasSubstr("b has 6"))));
}

TEST(Membership, OtherBucketsThanTheMapGives) {
  Member other = MakeMember("b", 1, 2);
  other.info.buckets = {8000, 16384};
  EXPECT_THAT(
      CheckMembership({MakeMember("a", 0, 2), other}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("8000 to 16384"), HasSubstr("8192 to 16384"))));
}

TEST(Membership, AnIndexOutsideTheCount) {
  Member odd = MakeMember("a", 0, 1);
  odd.info.index = ShardIndex(1);
  EXPECT_THAT(CheckMembership({odd}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("shard 1 of 1")));
}

TEST(Membership, ACountBeyondTheLimit) {
  Member odd = MakeMember("a", 0, 1);
  odd.info.shard_count = 5000;
  EXPECT_THAT(CheckMembership({odd}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace rowhouse::internal
