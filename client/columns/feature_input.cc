#include "client/columns/feature_input.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
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

// Of sizes >= 0; nothing when it is above 2^63 - 1. A size of 0 makes it 0,
// whatever the others are.
std::optional<std::int64_t> Product(absl::Span<const std::int64_t> sizes) {
  std::int64_t product = 1;
  bool overflows = false;
  for (const std::int64_t size : sizes) {
    if (size == 0) return 0;
    overflows = overflows || __builtin_mul_overflow(product, size, &product);
  }
  if (overflows) return std::nullopt;
  return product;
}

// Rows of these leading axes as if no size were 0; nothing above
// kFeatureRowsMax. A size of 0 hides no claim of the others: what is made of a
// feature has places for each of them.
std::optional<std::int64_t> ClaimedRows(absl::Span<const std::int64_t> sizes) {
  std::int64_t rows = 1;
  for (const std::int64_t size : sizes) {
    if (size > kFeatureRowsMax / rows) return std::nullopt;
    rows *= std::max<std::int64_t>(size, 1);
  }
  return rows;
}

absl::Status CheckDense(absl::string_view key, const Features::Tensor& tensor) {
  const std::optional<std::int64_t> product = Product(tensor.shape);
  if (!product.has_value()) {
    return Malformed(key, "shape ", ShapeText(tensor.shape), " overflows");
  }
  const std::size_t values = CountOf(tensor.values);
  if (static_cast<std::uint64_t>(*product) == values) return absl::OkStatus();
  return Malformed(key, values, " values do not fill shape ",
                   ShapeText(tensor.shape));
}

absl::Status CheckSparse(absl::string_view key,
                         const Features::Tensor& tensor) {
  const std::size_t rank = tensor.shape.size();
  const std::size_t values = CountOf(tensor.values);
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

absl::StatusOr<FeatureInput> FeatureInput::Of(const Features& features,
                                              absl::string_view key) {
  const Features::Tensor* tensor = features.Find(key);
  if (tensor == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("feature \"", key, "\" is absent"));
  }
  if (tensor->layout == Features::Layout::kRagged) {
    return Malformed(key, "ragged, expected dense or sparse");
  }
  if (tensor->shape.empty())
    return Malformed(key, "rank 0, expected 1 or more");
  for (const std::int64_t size : tensor->shape) {
    if (size >= 0) continue;
    return Malformed(key, "negative shape ", ShapeText(tensor->shape));
  }
  FeatureInput input(tensor);
  ROWHOUSE_RETURN_IF_ERROR(input.sparse() ? CheckSparse(key, *tensor)
                                          : CheckDense(key, *tensor));
  input.shape_ = tensor->shape;
  if (input.shape_.size() == 1) input.shape_.push_back(1);
  const auto leading =
      absl::MakeConstSpan(input.shape_).first(input.shape_.size() - 1);
  if (!ClaimedRows(leading).has_value()) {
    return Malformed(key, "shape ", ShapeText(tensor->shape), " has more than ",
                     kFeatureRowsMax, " rows");
  }
  input.rows_ = *Product(leading);
  return input;
}

}  // namespace rowhouse::internal
