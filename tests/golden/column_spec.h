// Columns as the recorded cases write them, {"type": T, ...arguments by
// TensorFlow's names...}, read through the product's own FeatureSpec.
#ifndef ROWHOUSE_TESTS_GOLDEN_COLUMN_SPEC_H_
#define ROWHOUSE_TESTS_GOLDEN_COLUMN_SPEC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/feature_plan.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// A column, or a list of them. Paths of vocabularies and checkpoints count from
// `folder`; an initializer "callable" is the default one, a learning_rate_fn
// "callable" is left out. INVALID_ARGUMENT:
// what Python refuses by an argument's name or type, or what ColumnsFromJson
// refuses. (The arguments' values are checked when the columns are compiled.)
absl::StatusOr<PlanColumn> ReadColumn(const Json& spec,
                                      const std::string& folder);
absl::StatusOr<std::vector<PlanColumn>> ReadColumns(const Json& specs,
                                                    const std::string& folder);

// The same columns in the form that ColumnsFromJson reads.
absl::StatusOr<Json> FeatureSpecOf(const Json& specs,
                                   const std::string& folder);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_COLUMN_SPEC_H_
