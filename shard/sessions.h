// The open sessions of a shard and the number that names the next one: the
// deduplication state, a function of the journal.
#ifndef ROWHOUSE_SHARD_SESSIONS_H_
#define ROWHOUSE_SHARD_SESSIONS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "shard/push_window.h"
#include "storage/data_dir.h"

namespace rowhouse::shard {

// Not thread-safe; a copy is a snapshot.
class Sessions {
 public:
  std::size_t size() const { return windows_.size(); }
  std::uint64_t last_number() const { return last_number_; }

  // Null: unknown, or it has ended.
  PushWindow* Find(std::uint64_t number);

  // A journaled OpenSession. Numbers rise and are never used again. `epoch`:
  // where its client begins at least.
  void Open(std::uint64_t number, Lsn lsn, std::uint64_t epoch);
  // A journaled EndSession; of an unknown number it does nothing.
  void End(std::uint64_t number) { windows_.erase(number); }
  // All of them, at a restore. The numbers go on rising.
  void EndAll() { windows_.clear(); }

  // The session whose latest record is the oldest. REQUIRES: size() > 0.
  std::uint64_t Idlest() const;

  // Those whose clients may still push in `epoch` or before, rising.
  std::vector<std::uint64_t> In(std::uint64_t epoch) const;

  // Fills in the sessions and the counter, in order of their numbers.
  void Store(storage::Watermarks& watermarks) const;
  // DATA_LOSS naming what is wrong.
  absl::Status Load(const storage::Watermarks& watermarks);

 private:
  absl::flat_hash_map<std::uint64_t, PushWindow> windows_;
  std::uint64_t last_number_ = 0;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_SESSIONS_H_
