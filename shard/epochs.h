// Which snapshot epochs a shard takes pushes of (docs/adr/0014).
#ifndef ROWHOUSE_SHARD_EPOCHS_H_
#define ROWHOUSE_SHARD_EPOCHS_H_

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"

namespace rowhouse::shard {

// Two numbers that only rise. Not thread-safe.
class Epochs {
 public:
  Epochs() = default;
  Epochs(std::uint64_t wanted, std::uint64_t floor)
      : wanted_(std::max(wanted, floor)), floor_(floor) {}

  // What clients are asked to push in: a cut of a lower epoch could hold a push
  // of a later one, so there is none any more.
  std::uint64_t wanted() const { return wanted_; }
  // Lower epochs were cut: a new push of one would belong to a finished cut.
  std::uint64_t floor() const { return floor_; }

  // INVALID_ARGUMENT: no client can have come to this epoch.
  absl::Status CheckReachable(std::uint64_t epoch) const;

  // FAILED_PRECONDITION with the numbers: a push of the epoch, which this shard
  // has not applied, would come too late. INVALID_ARGUMENT as above.
  absl::Status CheckNew(std::uint64_t epoch) const;

  // Clients are asked to move there, or one has.
  void Reach(std::uint64_t epoch) { wanted_ = std::max(wanted_, epoch); }
  // The cut of `epoch` is closed.
  void Close(std::uint64_t epoch) {
    floor_ = std::max(floor_, epoch + 1);
    Reach(floor_);
  }

 private:
  std::uint64_t wanted_ = 0;
  std::uint64_t floor_ = 0;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_EPOCHS_H_
