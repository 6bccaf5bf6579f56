#include "rowhouse/ids.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "absl/hash/hash.h"

namespace rowhouse {
namespace {

static_assert(!std::is_convertible_v<std::uint64_t, Lsn>);
static_assert(!std::is_convertible_v<Lsn, std::uint64_t>);
static_assert(!std::is_constructible_v<ShardIndex, BucketId>);
static_assert(sizeof(BucketId) == 2);

TEST(StrongInt, ComparesByValue) {
  EXPECT_EQ(Lsn(), Lsn(0));
  EXPECT_EQ(Lsn(3).value(), 3u);
  EXPECT_LT(Lsn(3), Lsn(4));
  EXPECT_GE(Lsn(4), Lsn(4));
  EXPECT_NE(Lsn(3), Lsn(4));
}

TEST(StrongInt, HashesByValue) {
  EXPECT_EQ(absl::Hash<Lsn>()(Lsn(3)), absl::Hash<Lsn>()(Lsn(3)));
  EXPECT_NE(absl::Hash<Lsn>()(Lsn(3)), absl::Hash<Lsn>()(Lsn(4)));
}

}  // namespace
}  // namespace rowhouse
