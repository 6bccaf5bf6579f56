// What of a record falls into some of the buckets: a restore onto another
// number of shards gives each its share.
#ifndef ROWHOUSE_SHARD_OWN_SHARE_H_
#define ROWHOUSE_SHARD_OWN_SHARE_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "base/requests.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "shard/push_work.h"
#include "shard/table.h"

namespace rowhouse::shard {

// Keeps its memory from record to record. Not thread-safe.
class OwnShare {
 public:
  explicit OwnShare(BucketRange buckets) : buckets_(buckets) {}

  // Before each record: what Take returned goes away.
  void Clear();

  // The input without the ids of other buckets. Occurrences that stay keep
  // their order, so that each row's gradient is summed as it was.
  ResolvedInput Take(const ResolvedInput& input);
  ResolvedRows Take(const ResolvedRows& rows);

 private:
  struct Kept {
    std::vector<Id> ids;
    std::vector<float> weights;
    std::vector<std::uint32_t> row_splits;
    std::vector<float> values;
    std::vector<float> slots;
  };

  bool Has(const Table& table, Id id) const {
    return buckets_.Contains(table.BucketOf(table.Hash(id)));
  }
  bool HasAll(const Table& table, absl::Span<const Id> ids) const;

  const BucketRange buckets_;
  std::deque<Kept> kept_;  // of this record's inputs; they stay where they are
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_OWN_SHARE_H_
