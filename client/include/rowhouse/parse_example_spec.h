// What a reader of tf.Example must provide for columns: TensorFlow's
// parse_example_spec.
#ifndef ROWHOUSE_PARSE_EXAMPLE_SPEC_H_
#define ROWHOUSE_PARSE_EXAMPLE_SPEC_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/columns.h"
#include "rowhouse/dtype.h"

namespace rowhouse {

// Any number of values: a sparse feature.
struct VarLenFeature {
  DType dtype = DType::kString;
  bool operator==(const VarLenFeature&) const = default;
};

// As many values as the shape holds: a dense feature.
struct FixedLenFeature {
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;
  // For examples without the feature, as many as the shape holds. Unset: such
  // an example is an error.
  std::optional<std::vector<Number>> default_value = {};
  bool operator==(const FixedLenFeature&) const = default;
};

// By key of the feature.
using ParseExampleSpec =
    std::map<std::string, std::variant<VarLenFeature, FixedLenFeature>>;

// Of a column whose arguments are right: others may pass. INVALID_ARGUMENT: a
// weight's key is also one of the column that it weighs; the shape or default
// of numbers is not right. RESOURCE_EXHAUSTED: one default value stands for
// more than 2^20 numbers.
absl::StatusOr<ParseExampleSpec> ParseExampleSpecOf(
    const CategoricalColumn& column);
absl::StatusOr<ParseExampleSpec> ParseExampleSpecOf(const DenseColumn& column);
absl::StatusOr<ParseExampleSpec> ParseExampleSpecOf(
    const BucketizedColumn& column);
ParseExampleSpec ParseExampleSpecOf(const SequenceNumericColumn& column);

// All of them in one, as tf.feature_column.make_parse_example_spec does.
// INVALID_ARGUMENT: two want different things of one key.
absl::StatusOr<ParseExampleSpec> MergeParseExampleSpecs(
    absl::Span<const ParseExampleSpec> specs);

}  // namespace rowhouse

#endif  // ROWHOUSE_PARSE_EXAMPLE_SPEC_H_
