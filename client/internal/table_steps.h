// Which step of its table a push is, where rows move without a gradient
// (docs/adr/0012): every push to such a table is the next step of the whole
// table, on every shard alike.
#ifndef ROWHOUSE_CLIENT_INTERNAL_TABLE_STEPS_H_
#define ROWHOUSE_CLIENT_INTERNAL_TABLE_STEPS_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "client/internal/cluster.h"
#include "client/internal/outgoing_push.h"

namespace rowhouse::internal {

// Counts the steps of one client. Thread-compatible: whoever sends has it.
class TableSteps {
 public:
  explicit TableSteps(Cluster& cluster) : cluster_(cluster) {}

  // Numbers the inputs that have a table_step. Asks every shard where this
  // client has not counted yet. FAILED_PRECONDITION with both numbers when two
  // shards have done different counts of steps: a shard lost an acknowledged
  // step, or a push was refused by some of them.
  absl::Status Number(absl::Span<OutgoingPush::Part> parts,
                      absl::Time deadline);

  // Every shard has applied the push.
  void Count(absl::Span<const OutgoingPush::Part> parts);

  // Some did not, or another trainer may have pushed: the next push asks.
  void Forget() { next_.clear(); }

 private:
  absl::Status Ask(const PushInput& input, absl::Time deadline);

  Cluster& cluster_;
  absl::flat_hash_map<TableIncarnation, std::uint64_t> next_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_TABLE_STEPS_H_
