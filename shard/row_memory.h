// The bound on the rows that a shard holds in memory, and where the others are.
// Design: docs/adr/0015.
#ifndef ROWHOUSE_SHARD_ROW_MEMORY_H_
#define ROWHOUSE_SHARD_ROW_MEMORY_H_

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

// One for all lanes of a shard. Set before rows come, thread-safe from then on.
struct RowMemory {
  // Null: every row is in memory, and what follows is not used.
  const storage::RowStore* store = nullptr;
  std::uint64_t bytes_max = 0;
  std::uint64_t lane_bytes_max = 0;
  // Of rows that the row store does not have as they are: they cannot go.
  std::atomic<std::uint64_t> dirty_bytes{0};
  // Told when a row that is needed cannot be read: the shard stops, since what
  // was to be done to it is in the journal and not in the rows.
  std::function<void(const absl::Status&)> fail;

  bool bounded() const { return store != nullptr; }
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_ROW_MEMORY_H_
