// When the client of each session last gave a sign of life. Known to this
// process alone: when it begins to serve all count as alive.
#ifndef ROWHOUSE_SHARD_LEASES_H_
#define ROWHOUSE_SHARD_LEASES_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace rowhouse::shard {

// Not thread-safe.
class Leases {
 public:
  explicit Leases(absl::Time start) : start_(start) {}

  void Renew(std::uint64_t session, absl::Time now) { seen_[session] = now; }
  void Forget(std::uint64_t session) { seen_.erase(session); }
  void Clear() { seen_.clear(); }
  absl::Time LastSeen(std::uint64_t session) const {
    const auto it = seen_.find(session);
    return it == seen_.end() ? start_ : it->second;
  }

 private:
  absl::Time start_;
  absl::flat_hash_map<std::uint64_t, absl::Time> seen_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_LEASES_H_
