// Columns out of the message that says them: feature_spec.proto as the structs
// of rowhouse/columns.h and rowhouse/embedding.h. What a field may hold is
// judged when the columns are compiled, not here.
//
// All return INVALID_ARGUMENT with the path of the field: required and unset, a
// column of the wrong kind, a name that is no type. Messages are nested at most
// kFeatureSpecDepthMax deep: whoever parsed them has seen to that.
#ifndef ROWHOUSE_CLIENT_INTERNAL_COLUMNS_FROM_PROTO_H_
#define ROWHOUSE_CLIENT_INTERNAL_COLUMNS_FROM_PROTO_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/columns.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/v1/feature_spec.pb.h"

namespace rowhouse::internal {

absl::StatusOr<std::vector<PlanColumn>> ColumnsFromProto(
    const v1::FeatureSpec& spec);

// A column inside another one, which must be categorical.
absl::StatusOr<CategoricalColumn> CategoricalFromProto(
    const v1::Column& message);

// The name of the field that holds the column, "" when none does.
absl::string_view KindOf(const v1::Column& message);

absl::StatusOr<NumericColumn> NumericFromProto(
    const v1::NumericColumn& message);
absl::StatusOr<SequenceNumericColumn> SequenceNumericFromProto(
    const v1::SequenceNumericColumn& message);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_COLUMNS_FROM_PROTO_H_
