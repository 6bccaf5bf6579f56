// Splits a batch over shards. Pure.
#ifndef ROWHOUSE_CLIENT_INTERNAL_PARTITION_H_
#define ROWHOUSE_CLIENT_INTERNAL_PARTITION_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::internal {

// INVALID_ARGUMENT with the numbers when weights and row_splits do not fit the
// ids, kNone comes with either, or dim is 0.
absl::Status Validate(const FeatureIds& feature);

// Output rows of the feature: bags, or ids for kNone.
std::size_t OutputRows(const FeatureIds& feature);

// One feature's share on one shard. A bag without ids there is left out.
struct ShardInput {
  std::uint32_t feature = 0;  // index in the batch
  BagsView bags;              // ids in their order in the batch
  // By bag of `bags`: the output row of the feature it belongs to, rising.
  // Empty when `whole`.
  absl::Span<const std::uint32_t> rows;
  bool whole = false;  // the whole feature as it is: output row = bag

  std::size_t row(std::size_t bag) const { return whole ? bag : rows[bag]; }
};

// A batch and where its ids went. Movable: views stay valid.
class Partition {
 public:
  // `buckets[i]` belongs to the table of `features[i]`. With one shard nothing
  // is copied. REQUIRES: every feature passed Validate.
  Partition(std::vector<FeatureIds> features,
            absl::Span<const BucketFunction> buckets, const ShardMap& map);
  Partition(Partition&&) noexcept = default;
  Partition& operator=(Partition&&) noexcept = default;

  const std::vector<FeatureIds>& features() const { return features_; }
  std::size_t shard_count() const { return shards_.size(); }
  // In order of features; features without ids on the shard are left out.
  absl::Span<const ShardInput> inputs(ShardIndex shard) const {
    return shards_[shard.value()].inputs;
  }

 private:
  // All inputs of a shard, one after the other.
  struct ShardBatch {
    std::vector<Id> ids;
    std::vector<float> weights;
    std::vector<std::uint32_t> row_splits;
    std::vector<std::uint32_t> rows;
    std::vector<ShardInput> inputs;
  };
  class Builder;

  void TakeWhole();

  std::vector<FeatureIds> features_;
  std::vector<ShardBatch> shards_;
};

// Positions of `ids` by shard, rising. For calls by single rows.
std::vector<std::vector<std::size_t>> PositionsByShard(
    absl::Span<const Id> ids, const BucketFunction& buckets,
    const ShardMap& map);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_PARTITION_H_
