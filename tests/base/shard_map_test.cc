#include "rowhouse/shard_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

using ::testing::HasSubstr;

constexpr Id kGreatestId = std::numeric_limits<Id>::max();

// On disk and wire: a change of these strands every stored row.
TEST(BucketFunction, Vectors) {
  const BucketFunction a("a", Placement::kHashed);
  EXPECT_EQ(a(0), BucketId(7815));
  EXPECT_EQ(a(1), BucketId(11555));
  EXPECT_EQ(a(42), BucketId(983));
  EXPECT_EQ(a(kGreatestId), BucketId(8262));
  const BucketFunction longer("abcdefgh", Placement::kHashed);
  EXPECT_EQ(longer(0), BucketId(7267));
  EXPECT_EQ(longer(42), BucketId(4422));
}

TEST(BucketFunction, AWholeTableHasOneBucket) {
  const BucketFunction a("a", Placement::kWhole);
  for (const Id id : {Id{0}, Id{1}, Id{42}, kGreatestId}) {
    EXPECT_EQ(a(id), BucketId(7815)) << id;
  }
  EXPECT_EQ(BucketFunction("abcdefgh", Placement::kWhole)(1), BucketId(7267));
}

TEST(ShardMap, UniformCoversEveryBucketOnce) {
  for (std::uint32_t n = 1; n <= kShardsMax; ++n) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardMap map, ShardMap::Uniform(1, n));
    ASSERT_EQ(map.shard_count(), n);
    std::uint32_t next = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const BucketRange range = map.RangeOf(ShardIndex(i));
      ASSERT_EQ(range.begin, next) << n << " shards, shard " << i;
      ASSERT_GE(range.end - range.begin, kBuckets / n);
      ASSERT_LE(range.end - range.begin, kBuckets / n + 1);
      next = range.end;
    }
    ASSERT_EQ(next, kBuckets) << n << " shards";
  }
}

TEST(ShardMap, OwnersFollowTheFormula) {
  for (const std::uint32_t n : {1u, 2u, 3u, 4u, 6u, 7u, 1000u, 1024u}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardMap map, ShardMap::Uniform(1, n));
    for (std::uint32_t b = 0; b < kBuckets; ++b) {
      const BucketId bucket(static_cast<std::uint16_t>(b));
      const ShardIndex owner = map.ShardOf(bucket);
      ASSERT_EQ(owner.value(), b * n / kBuckets)
          << n << " shards, bucket " << b;
      ASSERT_TRUE(map.RangeOf(owner).Contains(bucket));
    }
  }
}

TEST(ShardMap, RangesAreHalfOpen) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardMap map, ShardMap::Uniform(9, 3));
  EXPECT_EQ(map.version(), 9u);
  EXPECT_EQ(map.RangeOf(ShardIndex(0)), (BucketRange{0, 5462}));
  EXPECT_EQ(map.RangeOf(ShardIndex(1)), (BucketRange{5462, 10923}));
  EXPECT_EQ(map.RangeOf(ShardIndex(2)), (BucketRange{10923, 16384}));
  EXPECT_FALSE(map.RangeOf(ShardIndex(1)).Contains(BucketId(5461)));
  EXPECT_TRUE(map.RangeOf(ShardIndex(1)).Contains(BucketId(5462)));
  EXPECT_FALSE(map.RangeOf(ShardIndex(1)).Contains(BucketId(10923)));
}

TEST(ShardMap, RefusesCountsOutOfRange) {
  EXPECT_THAT(ShardMap::Uniform(1, 0),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "shard count 0 is not in [1, 1024]"));
  EXPECT_THAT(ShardMap::Uniform(1, 1025),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1025")));
}

}  // namespace
}  // namespace rowhouse
