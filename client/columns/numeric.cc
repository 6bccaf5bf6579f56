#include "client/columns/numeric.h"

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/feature_matrix.h"

namespace rowhouse::internal {
namespace {

template <typename... Parts>
absl::Status Refuse(const NumericColumn& column, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("numeric column \"", column.key, "\": ", parts...));
}

}  // namespace

NumericTransform::NumericTransform(NumericColumn column, std::int64_t width)
    : column_(std::move(column)), width_(width) {}

absl::StatusOr<NumericTransform> NumericTransform::Compile(
    const NumericColumn& column) {
  std::int64_t width = 1;
  for (const std::int64_t size : column.shape) {
    if (size < 1) {
      return Refuse(column, "shape has dimension ", size,
                    ", expected at least 1");
    }
    if (size > kDimMax || width * size > kDimMax) {
      return Refuse(column, "shape has more than ", kDimMax, " values");
    }
    width *= size;
  }
  return NumericTransform(column, width);
}

absl::StatusOr<NumericValues> NumericTransform::Transform(
    const Features& features) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureMatrix input,
                            FeatureMatrix::Of(features, column_.key));
  if (input.sparse()) return Refuse(column_, "the feature is sparse");
  if (input.dtype() == DType::kString) {
    return Refuse(column_, "takes numbers, got ", DTypeName(input.dtype()));
  }
  if (input.columns() != width_) {
    return Refuse(column_, "expected ", width_, " values per row, got ",
                  input.columns());
  }
  NumericValues out{.rows = input.rows()};
  out.values.reserve(input.values());
  input.VisitCells([&](std::int64_t, std::int64_t, auto value) {
    if constexpr (std::is_arithmetic_v<decltype(value)>) {
      const auto number = static_cast<float>(value);
      out.values.push_back(column_.normalizer_fn ? column_.normalizer_fn(number)
                                                 : number);
    }
  });
  return out;
}

}  // namespace rowhouse::internal
