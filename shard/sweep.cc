#include "shard/sweep.h"

#include <algorithm>

#include "base/limits.h"

namespace rowhouse::shard {
namespace {

std::uint64_t PortionOf(std::uint64_t all) {
  return (all + kStepsPerSweep - 1) / kStepsPerSweep;
}

}  // namespace

Sweep::Sweep(std::uint64_t ids, std::uint64_t known)
    : ids_(ids),
      next_id_(known == 0 ? 0 : ids),
      round_(known),
      previous_round_(known) {}

Sweep::Portion Sweep::NextSlots(std::uint64_t rows, std::uint64_t step) {
  if (next_slot_ >= rows) {
    // Every row was caught up to at least the step that the round began at, or
    // came later.
    previous_round_ = round_;
    round_ = step;
    next_slot_ = 0;
  }
  const std::uint64_t begin = next_slot_;
  next_slot_ = std::min(rows, begin + PortionOf(rows));
  return {begin, next_slot_};
}

Sweep::Portion Sweep::NextIds() {
  const std::uint64_t begin = next_id_;
  next_id_ = std::min(ids_, begin + PortionOf(ids_));
  return {begin, next_id_};
}

}  // namespace rowhouse::shard
