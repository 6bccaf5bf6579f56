// When the client of each session last gave a sign of life. Known to this
// process alone: when it begins to serve all count as alive.
#ifndef ROWHOUSE_SHARD_LEASES_H_
#define ROWHOUSE_SHARD_LEASES_H_

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace rowhouse::shard {

// Not thread-safe.
class Leases {
 public:
  // A session's client is silent after `lease` without a sign. When nobody has
  // told the time for longer than `standstill`, or the clock has jumped, this
  // process was stopped and nobody could give it one: all count as alive anew.
  Leases(absl::Time now, absl::Duration lease, absl::Duration standstill)
      : lease_(lease), standstill_(standstill), start_(now), told_(now) {}

  // To be told in every period, and before Silent.
  void Tell(absl::Time now) {
    if (absl::AbsDuration(now - told_) > standstill_) {
      start_ = now;
      seen_.clear();
    }
    told_ = now;
  }
  void Renew(std::uint64_t session, absl::Time now) {
    Tell(now);
    absl::Time& seen = seen_.try_emplace(session, now).first->second;
    seen = std::max(seen, now);  // callers read the time before they wait
  }
  bool Silent(std::uint64_t session, absl::Time now) const {
    const auto it = seen_.find(session);
    return now - (it == seen_.end() ? start_ : it->second) >= lease_;
  }

  void Forget(std::uint64_t session) { seen_.erase(session); }
  void Clear() { seen_.clear(); }

 private:
  absl::Duration lease_;
  absl::Duration standstill_;
  absl::Time start_;
  absl::Time told_;
  absl::flat_hash_map<std::uint64_t, absl::Time> seen_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_LEASES_H_
