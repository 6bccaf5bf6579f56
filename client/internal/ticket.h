// What a push has to know of its lookup.
#ifndef ROWHOUSE_CLIENT_INTERNAL_TICKET_H_
#define ROWHOUSE_CLIENT_INTERNAL_TICKET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "client/internal/partition.h"
#include "client/internal/table_directory.h"
#include "client/internal/unpooled.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::internal {

struct TicketData {
  Partition partition;
  std::vector<std::shared_ptr<const KnownTable>> tables;  // by feature
  // By feature: its BagDenominators.
  std::vector<std::vector<float>> denominators;
  // By feature, where it has a max_norm: the partition then holds what was
  // looked up instead. Empty when no feature has one.
  std::vector<Unpooled> unpooled = {};
  // Of the cluster that was asked. Borrowed: used by the push of the client
  // that made the ticket only, whose cluster it is.
  const ShardMap* map = nullptr;
  std::uint64_t client = 0;      // which client made it
  std::uint64_t restore_id = 0;  // of the life of the tables it saw

  bool is_unpooled(std::size_t f) const {
    return !unpooled.empty() && unpooled[f].feature.max_norm.has_value();
  }
  // The feature as the caller gave it.
  const FeatureIds& feature(std::size_t f) const {
    return is_unpooled(f) ? unpooled[f].feature : partition.features()[f];
  }
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_TICKET_H_
