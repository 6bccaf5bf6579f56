// Where the sweep over one lane of a stepped table is (docs/adr/0012): each
// step of the table takes the next portion of rows, and of ids that have no row
// yet, so that a round is done in about kStepsPerSweep steps.
#ifndef ROWHOUSE_SHARD_SWEEP_H_
#define ROWHOUSE_SHARD_SWEEP_H_

#include <cstddef>
#include <cstdint>

#include "rowhouse/ids.h"

namespace rowhouse::shard {

// Numbers only; the lane does what they say. Not thread-safe.
class Sweep {
 public:
  struct Portion {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  // `ids`: how many ids, from 0 on, must get a row though nobody touches them;
  // 0 where an untouched row rests. `known`: the oldest step that the log had
  // when the lane began; when it is not 0, all of those ids have rows.
  Sweep(std::uint64_t ids, std::uint64_t known);

  // The slots that step `step` catches up, of `rows` there are: every one of
  // them in turn, none twice in a step. Rows are only ever added, behind.
  Portion NextSlots(std::uint64_t rows, std::uint64_t step);

  // The ids whose rows must be made in this step.
  Portion NextIds();

  // No row of the lane misses a step below this one.
  std::uint64_t floor() const { return next_id_ < ids_ ? 0 : previous_round_; }

 private:
  const std::uint64_t ids_;
  std::uint64_t next_id_;
  std::uint64_t next_slot_ = 0;
  // The steps that the round under way and the one before it began at.
  std::uint64_t round_;
  std::uint64_t previous_round_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_SWEEP_H_
