// The numbers of a client's pushes, one series for all shards.
#ifndef ROWHOUSE_CLIENT_INTERNAL_PUSH_SEQUENCER_H_
#define ROWHOUSE_CLIENT_INTERNAL_PUSH_SEQUENCER_H_

#include <cstdint>
#include <set>

#include "absl/status/statusor.h"

namespace rowhouse::internal {

// Every push takes the next number and carries it to each shard it touches, so
// a shard's own series has gaps; shards forget what is below the lowest
// unacknowledged number, never what is merely absent. A number is finished
// when no shard will ever be sent it again. Thread-compatible.
class PushSequencer {
 public:
  struct Number {
    std::uint64_t sequence = 0;
    std::uint64_t lowest_unacknowledged = 0;  // when it was taken
  };

  // RESOURCE_EXHAUSTED while the push kPushWindow before it is unfinished: a
  // shard could have forgotten that one's answer.
  absl::StatusOr<Number> Take();
  // REQUIRES: taken and not finished.
  void Finish(std::uint64_t sequence);

 private:
  std::uint64_t next_ = 0;
  std::set<std::uint64_t> unfinished_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_PUSH_SEQUENCER_H_
