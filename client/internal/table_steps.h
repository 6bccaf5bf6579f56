// Which step of its table a push is, where rows move without a gradient
// (docs/adr/0012): every push to such a table is the next step of the whole
// table, on every shard alike.
#ifndef ROWHOUSE_CLIENT_INTERNAL_TABLE_STEPS_H_
#define ROWHOUSE_CLIENT_INTERNAL_TABLE_STEPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "client/internal/cluster.h"
#include "client/internal/outgoing_push.h"

namespace rowhouse::internal {

// The last step of a table, where some shards lack it: the trainer that pushed
// it ended before it had reached them all, or they refused it.
struct MissingStep {
  std::string table;
  TableIncarnation incarnation;
  std::uint64_t number = 0;
  TableStep terms;
  std::vector<ShardIndex> shards;  // that lack it
};

// Counts the steps of one client. Thread-compatible: whoever sends has it.
class TableSteps {
 public:
  explicit TableSteps(Cluster& cluster) : cluster_(cluster) {}

  // Numbers the inputs that have a table_step. Asks every shard where this
  // client has not counted yet. A step that shards lack: they must do it first,
  // then call again. FAILED_PRECONDITION with both numbers when shards are more
  // than a step apart, or have done another last step: acknowledged steps were
  // lost, or two trainers stepped the table at once.
  absl::StatusOr<std::optional<MissingStep>> Number(
      absl::Span<OutgoingPush::Part> parts, absl::Time deadline);

  // Every shard has applied the push.
  void Count(absl::Span<const OutgoingPush::Part> parts);

  // Some did not, or another trainer may have pushed: the next push asks.
  void Forget() { next_.clear(); }

 private:
  absl::StatusOr<std::optional<MissingStep>> Ask(const PushInput& input,
                                                 absl::Time deadline);
  absl::StatusOr<std::optional<MissingStep>> Compare(
      const PushInput& input, const std::vector<TableInfo>& infos) const;

  Cluster& cluster_;
  absl::flat_hash_map<TableIncarnation, std::uint64_t> next_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_TABLE_STEPS_H_
