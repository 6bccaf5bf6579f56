// Sessions that push to a shard in this process, without a network between.
#ifndef ROWHOUSE_BENCH_PUSHER_H_
#define ROWHOUSE_BENCH_PUSHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/requests.h"
#include "rowhouse/table_spec.h"
#include "shard/shard.h"

namespace rowhouse::bench {

struct PushShape {
  std::uint64_t rows = 1000000;  // of the table
  std::uint32_t dim = 64;
  std::size_t rows_per_push = 512;
  std::uint64_t seed = 1;
};

// The table that is pushed to: Adagrad, uniform first values.
TableSpec TableOf(const PushShape& shape);

// One session that pushes the same few batches again and again, in the epoch
// that the shard asks for. One thread at a time.
class Pusher {
 public:
  // `index` draws other batches for each pusher.
  static absl::StatusOr<std::unique_ptr<Pusher>> Connect(const PushShape& shape,
                                                         int index,
                                                         shard::Shard& shard);

  absl::Status Push(shard::Shard& shard, Durability durability);

 private:
  PushHeader header_;
  std::uint32_t dim_ = 0;
  std::vector<std::vector<Id>> batches_ = std::vector<std::vector<Id>>(16);
  std::vector<float> gradients_;
};

using Pushers = std::vector<std::unique_ptr<Pusher>>;

absl::StatusOr<Pushers> ConnectPushers(const PushShape& shape, int count,
                                       shard::Shard& shard);

}  // namespace rowhouse::bench

#endif  // ROWHOUSE_BENCH_PUSHER_H_
