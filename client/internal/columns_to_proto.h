// Columns as the message that says them: the way back of columns_from_proto.h.
// Fields that have their default stay unset.
//
// All return INVALID_ARGUMENT with the path of the field: a normalizer_fn or
// learning_rate_fn, a weighted column around nothing.
#ifndef ROWHOUSE_CLIENT_INTERNAL_COLUMNS_TO_PROTO_H_
#define ROWHOUSE_CLIENT_INTERNAL_COLUMNS_TO_PROTO_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/columns.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/v1/feature_spec.pb.h"

namespace rowhouse::internal {

// Also INVALID_ARGUMENT: a string is not UTF-8.
absl::StatusOr<v1::FeatureSpec> ColumnsToProto(
    absl::Span<const PlanColumn> columns);

// A column inside another one.
absl::Status CategoricalToProto(const CategoricalColumn& column,
                                v1::Column& out);

absl::Status NumericToProto(const NumericColumn& column,
                            v1::NumericColumn& out);
absl::Status SequenceNumericToProto(const SequenceNumericColumn& column,
                                    v1::SequenceNumericColumn& out);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_COLUMNS_TO_PROTO_H_
