// Which shard serves which bucket, and which bucket an id falls into.
#ifndef ROWHOUSE_SHARD_MAP_H_
#define ROWHOUSE_SHARD_MAP_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/ids.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

// Buckets begin <= b < end.
struct BucketRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool Contains(BucketId bucket) const {
    return bucket.value() >= begin && bucket.value() < end;
  }
  friend bool operator==(const BucketRange&, const BucketRange&) = default;
};

// How the ids of one table fall into buckets: Mix64(id ^ table hash) >> 50, or
// one bucket for a table placed whole. A small value; copy it.
class BucketFunction {
 public:
  BucketFunction(absl::string_view table_name, Placement placement);
  BucketId operator()(Id id) const;

 private:
  std::uint64_t table_hash_;
  bool whole_;
};

// An immutable assignment of all buckets to shards. Thread-safe.
class ShardMap {
 public:
  // Shard i of n serves the buckets b with floor(b * n / 16384) == i: equal
  // shares in order. INVALID_ARGUMENT unless 1 <= n <= kShardsMax.
  static absl::StatusOr<ShardMap> Uniform(std::uint64_t version,
                                          std::uint32_t shard_count);

  // Rises with every change; requests carry it, a shard refuses another.
  std::uint64_t version() const { return version_; }
  std::uint32_t shard_count() const {
    return static_cast<std::uint32_t>(ranges_.size());
  }
  ShardIndex ShardOf(BucketId bucket) const {
    return ShardIndex(owner_[bucket.value()]);
  }
  // REQUIRES: shard < shard_count().
  BucketRange RangeOf(ShardIndex shard) const { return ranges_[shard.value()]; }

 private:
  ShardMap(std::uint64_t version, std::vector<BucketRange> ranges);
  std::uint64_t version_;
  std::vector<BucketRange> ranges_;
  std::vector<std::uint16_t> owner_;  // by bucket
};

}  // namespace rowhouse

#endif  // ROWHOUSE_SHARD_MAP_H_
