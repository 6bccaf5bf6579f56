// Columns as data: the message rowhouse.v1.FeatureSpec
// (proto/rowhouse/v1/feature_spec.proto describes every field) in protobuf's
// text format or in JSON, so that a trainer, a server of models and a tool read
// the same columns from one file.
#ifndef ROWHOUSE_FEATURE_SPEC_H_
#define ROWHOUSE_FEATURE_SPEC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rowhouse/feature_plan.h"

namespace rowhouse {

// INVALID_ARGUMENT: not of the format, an unknown field, a field that is
// required and unset, a column of the wrong kind, a name that is no type, each
// with the path of the field ("columns[2].embedding_column.table: ..."); text
// beyond kFeatureSpecBytesMax or nested deeper than kFeatureSpecDepthMax. What
// the arguments of a column come to is not looked at: FeaturePlan::Compile does
// that.
absl::StatusOr<std::vector<PlanColumn>> ColumnsFromJson(absl::string_view json);
absl::StatusOr<std::vector<PlanColumn>> ColumnsFromText(absl::string_view text);

// The way back: read again, it gives equal columns. JSON has numbers of 64 bits
// as strings, as protobuf's mapping has it. INVALID_ARGUMENT naming the column:
// it has a normalizer_fn or learning_rate_fn, a shape without axes, or a name
// that is not UTF-8.
absl::StatusOr<std::string> ColumnsToJson(absl::Span<const PlanColumn> columns);
absl::StatusOr<std::string> ColumnsToText(absl::Span<const PlanColumn> columns);

}  // namespace rowhouse

#endif  // ROWHOUSE_FEATURE_SPEC_H_
