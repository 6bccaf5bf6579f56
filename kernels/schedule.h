// The learning rate of a step under a schedule.
#ifndef ROWHOUSE_KERNELS_SCHEDULE_H_
#define ROWHOUSE_KERNELS_SCHEDULE_H_

#include <cstdint>
#include <optional>

#include "rowhouse/schedules.h"

namespace rowhouse::kernels {

// The rate of the step after `step` steps are done: `constant` under no
// schedule (monostate). Nothing where a PiecewiseConstantDecay whose boundaries
// fall gives two values to the step, as TensorFlow then refuses the step with
// INVALID_ARGUMENT. May be NaN or infinite, as there, for arguments that divide
// by zero.
//
// Arithmetic is float32 in TensorFlow's order with kernels/float_math, hence
// the same bits on every shard. REQUIRES: Validate(schedule) is OK.
// Thread-safe.
std::optional<float> LearningRate(const ScheduleSpec& schedule, float constant,
                                  std::uint64_t step);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_SCHEDULE_H_
