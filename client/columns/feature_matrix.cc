#include "client/columns/feature_matrix.h"

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

template <typename... Parts>
absl::Status Malformed(absl::string_view key, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("feature \"", key, "\": ", parts...));
}

std::string ShapeText(const Features::Shape& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

absl::Status CheckDense(absl::string_view key, const Features::Tensor& tensor,
                        std::size_t values) {
  std::uint64_t product = 1;
  for (const std::int64_t size : tensor.shape) {
    if (size != 0 && product > std::numeric_limits<std::uint64_t>::max() /
                                   static_cast<std::uint64_t>(size)) {
      return Malformed(key, "shape ", ShapeText(tensor.shape), " overflows");
    }
    product *= static_cast<std::uint64_t>(size);
  }
  if (product == values) return absl::OkStatus();
  return Malformed(key, values, " values do not fill shape ",
                   ShapeText(tensor.shape));
}

absl::Status CheckSparse(absl::string_view key, const Features::Tensor& tensor,
                         std::size_t values) {
  const std::size_t rank = tensor.shape.size();
  if (tensor.indices.size() != values * rank) {
    return Malformed(key, values, " sparse values of rank ", rank, " need ",
                     values * rank, " indices, got ", tensor.indices.size());
  }
  for (std::size_t i = 0; i < values; ++i) {
    const auto at = tensor.indices.subspan(i * rank, rank);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      if (at[axis] >= 0 && at[axis] < tensor.shape[axis]) continue;
      return Malformed(key, "index [", absl::StrJoin(at, ", "), "] of value ",
                       i, " is outside shape ", ShapeText(tensor.shape));
    }
    if (i == 0) continue;
    const auto before = tensor.indices.subspan((i - 1) * rank, rank);
    if (before < at) continue;
    return Malformed(key, "index [", absl::StrJoin(at, ", "), "] of value ", i,
                     " does not follow [", absl::StrJoin(before, ", "),
                     "] in row-major order");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FeatureMatrix> FeatureMatrix::Of(const Features& features,
                                                absl::string_view key) {
  const Features::Tensor* tensor = features.Find(key);
  if (tensor == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("feature \"", key, "\" is absent"));
  }
  const Features::Shape& shape = tensor->shape;
  if (shape.empty() || shape.size() > 2) {
    return Malformed(key, "rank ", shape.size(), ", expected 1 or 2");
  }
  for (const std::int64_t size : shape) {
    if (size < 0) return Malformed(key, "negative shape ", ShapeText(shape));
  }
  FeatureMatrix matrix(tensor);
  ROWHOUSE_RETURN_IF_ERROR(tensor->sparse
                               ? CheckSparse(key, *tensor, matrix.values())
                               : CheckDense(key, *tensor, matrix.values()));
  matrix.rank_ = shape.size();
  matrix.rows_ = shape[0];
  matrix.columns_ = shape.size() == 2 ? shape[1] : 1;
  return matrix;
}

std::size_t FeatureMatrix::values() const {
  return std::visit([](const auto& span) { return span.size(); },
                    tensor_->values);
}

}  // namespace rowhouse::internal
