#include "bench/pusher.h"

#include <utility>

#include "base/status_macros.h"
#include "bench/workload.h"

namespace rowhouse::bench {
namespace {

constexpr char kTable[] = "bench";

}  // namespace

TableSpec TableOf(const PushShape& shape) {
  TableSpec spec;
  spec.name = kTable;
  spec.dim = shape.dim;
  spec.rows = shape.rows;
  spec.seed = shape.seed;
  spec.initializer = UniformInitializer{};
  spec.optimizer = AdagradSpec{.learning_rate = 0.01f};
  return spec;
}

absl::StatusOr<std::unique_ptr<Pusher>> Pusher::Connect(const PushShape& shape,
                                                        int index,
                                                        shard::Shard& shard) {
  auto pusher = std::make_unique<Pusher>();
  ROWHOUSE_ASSIGN_OR_RETURN(const OpenSessionReply session,
                            shard.OpenSession());
  pusher->header_.map_version = shard.Info().map_version;
  pusher->header_.session = session.session;
  pusher->header_.snapshot_epoch = shard.Info().snapshot_epoch;
  IdSource source(IdDistribution::kUniform, shape.rows,
                  shape.seed + static_cast<std::uint64_t>(index));
  for (std::vector<Id>& ids : pusher->batches_) {
    ids = source.Draw(shape.rows_per_push);
  }
  pusher->gradients_.assign(shape.rows_per_push * shape.dim, 0.25f);
  pusher->dim_ = shape.dim;
  return pusher;
}

absl::StatusOr<Pushers> ConnectPushers(const PushShape& shape, int count,
                                       shard::Shard& shard) {
  Pushers pushers;
  for (int i = 0; i < count; ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto pusher, Pusher::Connect(shape, i, shard));
    pushers.push_back(std::move(pusher));
  }
  return pushers;
}

absl::Status Pusher::Push(shard::Shard& shard, Durability durability) {
  header_.durability = durability;
  header_.lowest_unacknowledged = header_.sequence;
  const PushInput input = {
      .table = kTable,
      .dim = dim_,
      .bags = {.ids = batches_[header_.sequence % batches_.size()]},
      .gradients = gradients_};
  ROWHOUSE_ASSIGN_OR_RETURN(const PushReply reply,
                            shard.Push({header_, {&input, 1}}));
  header_.snapshot_epoch = reply.wanted_snapshot_epoch;
  ++header_.sequence;
  return absl::OkStatus();
}

}  // namespace rowhouse::bench
