// How many rows are under way at a time between a file and the shards.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_ROW_BATCHES_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_ROW_BATCHES_H_

#include <algorithm>
#include <cstdint>

#include "base/limits.h"

namespace rowhouse::interchange {

// Large enough that calls do not show, far below a message's bound.
inline constexpr std::uint64_t kBatchBytes = 4u << 20;

// REQUIRES: `floats` > 0.
inline std::uint64_t RowsOfBatch(std::uint64_t floats) {
  return std::clamp<std::uint64_t>(kBatchBytes / (floats * sizeof(float)), 1,
                                   kIdsPerRequestMax);
}

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_ROW_BATCHES_H_
