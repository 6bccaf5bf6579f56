// An optimizer as a Python program makes it, {family, name, arguments}, in our
// terms. Shared by every kind of case that trains.
#ifndef ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_CALL_H_
#define ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_CALL_H_

#include "absl/status/statusor.h"
#include "rowhouse/optimizers.h"
#include "rowhouse/update.h"
#include "tests/golden/case.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

struct OptimizerCall {
  OptimizerSpec optimizer;
  // Schedule, clipping, decay, average and limits, without a constraint.
  UpdateSpec update;
  // The legacy Keras's argument: rates that a program sets later are divided by
  // 1 + decay * step, too.
  float decay = 0;
  // False for a schedule of Keras, which refuses another rate.
  bool rate_may_be_set = true;
  // All but the new Keras refuse row gradients of a constrained variable.
  bool constrains_rows = true;
};

// INVALID_ARGUMENT: what TensorFlow refuses, by value or by type; UNIMPLEMENTED
// with the reason: what we have no spec for (docs/optimizers.md).
absl::StatusOr<OptimizerCall> ReadOptimizerCall(const Json& call);

// When TensorFlow finds what is wrong with the call: a few arguments are
// checked by the kernel that gets them.
Moment MomentOfRefusal(const Json& call);

// A Keras constraint, {name, arguments}, of a matrix. UNIMPLEMENTED along axis
// 0, INVALID_ARGUMENT for what Keras refuses.
absl::StatusOr<ConstraintSpec> ReadConstraint(const Json& call);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_CALL_H_
