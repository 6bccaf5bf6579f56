#include "client/internal/push_sequencer.h"

#include "absl/strings/str_cat.h"
#include "base/limits.h"

namespace rowhouse::internal {

absl::StatusOr<PushSequencer::Number> PushSequencer::Take() {
  const std::uint64_t lowest =
      unfinished_.empty() ? next_ : *unfinished_.begin();
  if (next_ - lowest >= kPushWindow) {
    return absl::ResourceExhaustedError(
        absl::StrCat("push ", next_, " waits for push ", lowest, ": at most ",
                     kPushWindow, " may be unacknowledged"));
  }
  unfinished_.insert(next_);
  return Number{next_++, lowest};
}

void PushSequencer::Finish(std::uint64_t sequence) {
  unfinished_.erase(sequence);
}

}  // namespace rowhouse::internal
