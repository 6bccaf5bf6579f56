// Constraints of Keras as a table has them: row by row.
#ifndef ROWHOUSE_CLIENT_KERAS_CONSTRAINT_H_
#define ROWHOUSE_CLIENT_KERAS_CONSTRAINT_H_

#include "absl/status/statusor.h"
#include "rowhouse/keras_arguments.h"

namespace rowhouse::internal {

// A name as the constraint it stands for, the other as it is. INVALID_ARGUMENT:
// an unknown name, or one of a constraint of other tensors.
absl::StatusOr<keras::AxisConstraint> ResolveConstraint(
    const keras::Constraint& constraint);

// The rule of a table. INVALID_ARGUMENT: an axis that a matrix does not have,
// or has twice. UNIMPLEMENTED: any axes but the row's.
absl::StatusOr<ConstraintSpec> RowConstraint(
    const keras::AxisConstraint& constraint);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_KERAS_CONSTRAINT_H_
