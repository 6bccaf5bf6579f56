// Numeric columns, compiled: a feature as floats.
#ifndef ROWHOUSE_CLIENT_COLUMNS_NUMERIC_H_
#define ROWHOUSE_CLIENT_COLUMNS_NUMERIC_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/columns.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// rows x width floats, row-major.
struct NumericValues {
  std::int64_t rows = 0;
  std::vector<float> values;
};

// Immutable, thread-safe.
class NumericTransform {
 public:
  // INVALID_ARGUMENT when the shape has a dimension < 1, or more values than
  // kDimMax.
  static absl::StatusOr<NumericTransform> Compile(const NumericColumn& column);

  const NumericColumn& column() const { return column_; }
  std::int64_t width() const { return width_; }  // product of the shape

  // Cast to float, then normalized. INVALID_ARGUMENT: absent, sparse, strings,
  // or other than `width` values per row.
  absl::StatusOr<NumericValues> Transform(const Features& features) const;

 private:
  NumericTransform(NumericColumn column, std::int64_t width);
  NumericColumn column_;
  std::int64_t width_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_NUMERIC_H_
