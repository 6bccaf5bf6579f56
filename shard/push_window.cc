#include "shard/push_window.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"

namespace rowhouse::shard {

bool PushWindow::Bit(std::uint64_t sequence) const {
  const std::uint64_t at = sequence % kPushWindow;
  return (done_[at / kWordBits] >> (at % kWordBits) & 1) != 0;
}

void PushWindow::SetBit(std::uint64_t sequence, bool value) {
  const std::uint64_t at = sequence % kPushWindow;
  const std::uint64_t bit = std::uint64_t{1} << (at % kWordBits);
  done_[at / kWordBits] &= ~bit;
  if (value) done_[at / kWordBits] |= bit;
}

std::uint64_t PushWindow::Begin() const {
  const std::uint64_t window =
      highest_plus_one_ > kPushWindow ? highest_plus_one_ - kPushWindow : 0;
  return std::max(lowest_, window);
}

PushWindow::Decision PushWindow::Decide(std::uint64_t sequence) const {
  if (sequence < Begin()) {
    return Mutated(Mutation::kWindowIgnored) ? Decision::kNew
                                             : Decision::kStale;
  }
  if (sequence >= highest_plus_one_) return Decision::kNew;
  return Bit(sequence) ? Decision::kDone : Decision::kNew;
}

void PushWindow::Apply(std::uint64_t sequence, std::uint64_t lowest, Lsn lsn,
                       std::uint64_t snapshot_epoch) {
  if (sequence >= highest_plus_one_) {
    if (sequence - highest_plus_one_ >= kPushWindow) {
      done_.fill(0);
    } else {
      for (std::uint64_t s = highest_plus_one_; s < sequence; ++s) {
        SetBit(s, false);
      }
    }
    highest_plus_one_ = sequence + 1;
  }
  SetBit(sequence, true);
  lowest_ = std::max(lowest_, lowest);
  last_lsn_ = std::max(last_lsn_, lsn);
  snapshot_epoch_ = std::max(snapshot_epoch_, snapshot_epoch);
}

storage::StoredSession PushWindow::Store(std::uint64_t number) const {
  storage::StoredSession stored;
  stored.number = number;
  stored.lowest = lowest_;
  stored.highest_plus_one = highest_plus_one_;
  stored.last_lsn = last_lsn_.value();
  stored.snapshot_epoch = snapshot_epoch_;
  for (std::uint64_t s = Begin(); s < highest_plus_one_; ++s) {
    if (Bit(s)) stored.done.push_back(s);
  }
  return stored;
}

absl::StatusOr<PushWindow> PushWindow::FromStored(
    const storage::StoredSession& stored) {
  PushWindow window(Lsn(stored.last_lsn));
  window.lowest_ = stored.lowest;
  window.highest_plus_one_ = stored.highest_plus_one;
  window.snapshot_epoch_ = stored.snapshot_epoch;
  std::uint64_t next = window.Begin();
  for (const std::uint64_t sequence : stored.done) {
    if (sequence < next || sequence >= stored.highest_plus_one) {
      return absl::DataLossError(absl::StrCat(
          "session ", stored.number, ": done sequence ", sequence,
          " is not in [", next, ", ", stored.highest_plus_one, ")"));
    }
    window.SetBit(sequence, true);
    next = sequence + 1;
  }
  return window;
}

}  // namespace rowhouse::shard
