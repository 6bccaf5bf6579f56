// Numbers of a feature as floats: what numeric and bucketized columns begin
// with.
#ifndef ROWHOUSE_CLIENT_COLUMNS_NUMERIC_H_
#define ROWHOUSE_CLIENT_COLUMNS_NUMERIC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/columns.h"
#include "rowhouse/dense_tensor.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// INVALID_ARGUMENT: a dimension < 1, a type that is no number, a default value
// of another shape, or of fractions for a type of integers.
absl::Status CheckNumeric(const NumericColumn& column);

// INVALID_ARGUMENT: a dimension of `shape` < 1, or it holds more than
// kDenseValuesMax values; `dtype` is no number. `column` is for the message.
absl::Status CheckNumbers(absl::string_view column,
                          const std::vector<std::int64_t>& shape, DType dtype);

// Product of a shape that CheckNumbers has passed.
std::int64_t ElementsOf(const std::vector<std::int64_t>& shape);

// The feature's values as float32, normalized, in the feature's shape.
// INVALID_ARGUMENT: absent, ragged, sparse; UNIMPLEMENTED: strings.
absl::StatusOr<DenseTensor> ReadNumbers(const NumericColumn& column,
                                        const Features& features);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_NUMERIC_H_
