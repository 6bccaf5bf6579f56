// Kind `schedule`: the learning rate at given steps.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_SCHEDULE_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_SCHEDULE_H_

#include <string>

#include "absl/status/statusor.h"
#include "rowhouse/schedules.h"
#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind ScheduleKind();

// The schedule that a class of tf.keras.optimizers.schedules ("CosineDecay") or
// a function of tf.compat.v1.train ("cosine_decay") makes of `arguments`.
// INVALID_ARGUMENT for an unknown name or argument, a value of the wrong type,
// and whatever Validate refuses.
absl::StatusOr<ScheduleSpec> ScheduleFromCall(const std::string& name,
                                              const Json& arguments);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_SCHEDULE_H_
