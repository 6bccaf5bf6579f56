#include "rowhouse/shard_map.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"

namespace rowhouse {
namespace {

constexpr int kBucketShift = 50;  // 64 - log2(kBuckets)
static_assert(kBuckets == 1u << (64 - kBucketShift));

}  // namespace

BucketFunction::BucketFunction(absl::string_view table_name,
                               Placement placement)
    : table_hash_(TableHash(table_name)),
      whole_(placement == Placement::kWhole) {}

BucketId BucketFunction::operator()(Id id) const {
  const std::uint64_t key = whole_ ? table_hash_ : id ^ table_hash_;
  return BucketId(static_cast<std::uint16_t>(Mix64(key) >> kBucketShift));
}

ShardMap::ShardMap(std::uint64_t version, std::vector<BucketRange> ranges)
    : version_(version), ranges_(std::move(ranges)), owner_(kBuckets) {
  for (std::uint32_t shard = 0; shard < shard_count(); ++shard) {
    for (std::uint32_t b = ranges_[shard].begin; b < ranges_[shard].end; ++b) {
      owner_[b] = static_cast<std::uint16_t>(shard);
    }
  }
}

absl::StatusOr<ShardMap> ShardMap::Uniform(std::uint64_t version,
                                           std::uint32_t shard_count) {
  if (shard_count < 1 || shard_count > kShardsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "shard count ", shard_count, " is not in [1, ", kShardsMax, "]"));
  }
  std::vector<BucketRange> ranges(shard_count);
  for (std::uint32_t i = 0; i < shard_count; ++i) {
    // The least b with b * n >= i * 16384, so that floor(b * n / 16384) == i.
    const auto first = [&](std::uint64_t shard) {
      return static_cast<std::uint32_t>((shard * kBuckets + shard_count - 1) /
                                        shard_count);
    };
    ranges[i] = {first(i), first(i + 1)};
  }
  return ShardMap(version, std::move(ranges));
}

}  // namespace rowhouse
