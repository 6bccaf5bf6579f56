// What a shard remembers of one session to apply each of its pushes once: a
// function of the journal and of nothing else.
#ifndef ROWHOUSE_SHARD_PUSH_WINDOW_H_
#define ROWHOUSE_SHARD_PUSH_WINDOW_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "base/limits.h"
#include "rowhouse/ids.h"
#include "storage/data_dir.h"

namespace rowhouse::shard {

// A value of 176 bytes.
class PushWindow {
 public:
  enum class Decision {
    kNew,    // not applied: go ahead
    kDone,   // applied: answer, do nothing
    kStale,  // so old that nobody remembers: refuse
  };

  // `opened`: the record that opened the session. `epoch`: where its client
  // begins at least.
  explicit PushWindow(Lsn opened, std::uint64_t epoch = 0)
      : last_lsn_(opened), snapshot_epoch_(epoch) {}

  Decision Decide(std::uint64_t sequence) const;

  // After a push's record was journaled, live and in replay. REQUIRES:
  // Decide(sequence) == kNew, `lowest` <= sequence.
  void Apply(std::uint64_t sequence, std::uint64_t lowest, Lsn lsn,
             std::uint64_t snapshot_epoch);

  // The client sends no push of an epoch before this one any more. (Not from
  // the journal: it concerns the cut under way, which no restart survives.)
  void MoveTo(std::uint64_t epoch) {
    snapshot_epoch_ = std::max(snapshot_epoch_, epoch);
  }

  std::uint64_t lowest() const { return lowest_; }
  std::uint64_t highest_plus_one() const { return highest_plus_one_; }
  Lsn last_lsn() const { return last_lsn_; }
  std::uint64_t snapshot_epoch() const { return snapshot_epoch_; }

  storage::StoredSession Store(std::uint64_t number) const;
  // DATA_LOSS naming the session unless Store could have made it.
  static absl::StatusOr<PushWindow> FromStored(
      const storage::StoredSession& stored);

 private:
  static constexpr std::uint64_t kWordBits = 64;

  bool Bit(std::uint64_t sequence) const;
  void SetBit(std::uint64_t sequence, bool value);
  // The least sequence that the bits still speak of.
  std::uint64_t Begin() const;

  std::uint64_t lowest_ = 0;            // every sequence below is acknowledged
  std::uint64_t highest_plus_one_ = 0;  // 0: no push yet
  Lsn last_lsn_;
  std::uint64_t snapshot_epoch_ = 0;
  // Bit s % kPushWindow: s is done, for Begin() <= s < highest_plus_one_.
  std::array<std::uint64_t, kPushWindow / kWordBits> done_{};
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_PUSH_WINDOW_H_
