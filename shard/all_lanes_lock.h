// Every lane's rows, held for reading.
#ifndef ROWHOUSE_SHARD_ALL_LANES_LOCK_H_
#define ROWHOUSE_SHARD_ALL_LANES_LOCK_H_

#include "base/mutex.h"
#include "shard/lane.h"
#include "shard/row_reader.h"

namespace rowhouse::shard {

// Lookups hold all lanes for a batch: its rows lie in any of them.
class AllLanesLock {
 public:
  explicit AllLanesLock(const Lanes& lanes) ABSL_NO_THREAD_SAFETY_ANALYSIS
      : lanes_(lanes) {
    for (const auto& lane : lanes_) lane->rows_mu().lock_shared();
  }
  ~AllLanesLock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (const auto& lane : lanes_) lane->rows_mu().unlock_shared();
  }
  AllLanesLock(const AllLanesLock&) = delete;
  AllLanesLock& operator=(const AllLanesLock&) = delete;

 private:
  const Lanes& lanes_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_ALL_LANES_LOCK_H_
