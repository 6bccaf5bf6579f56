// One batch looked up: partition, ask all shards, merge, combine what could not
// be combined there, divide.
#ifndef ROWHOUSE_CLIENT_INTERNAL_LOOKUP_H_
#define ROWHOUSE_CLIENT_INTERNAL_LOOKUP_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/internal/cluster.h"
#include "client/internal/table_directory.h"
#include "client/internal/ticket.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

// Activations by feature, and the ticket for their push (without client and
// restore_id). INVALID_ARGUMENT: ids, weights and splits disagree, or dim is
// not the table's; NOT_FOUND table; else what a shard said.
absl::StatusOr<std::pair<std::vector<Activation>, TicketData>> LookUp(
    Cluster& cluster, TableDirectory& tables, std::vector<FeatureIds> features,
    absl::Time deadline);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_LOOKUP_H_
