#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"

namespace rowhouse::internal {
namespace {

// [B, T, product of the other axes]. INVALID_ARGUMENT: the shape of a sparse
// feature claims more than kFeatureRowsMax steps, or 2^63 places.
absl::StatusOr<Features::Shape> SequenceShape(absl::string_view column,
                                              const Features::Shape& shape) {
  std::int64_t steps = 0;
  std::int64_t places = 1;
  bool overflows = false;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    // A size of 0 hides no claim of the others: they are sizes all the same.
    overflows = overflows ||
                __builtin_mul_overflow(
                    places, std::max<std::int64_t>(shape[axis], 1), &places);
    if (axis == 1) steps = places;
  }
  if (overflows || steps > kFeatureRowsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "column \"", column, "\": shape [", absl::StrJoin(shape, ", "),
        "] has more than ", kFeatureRowsMax, " steps or 2^63 places"));
  }
  std::int64_t trailing = 1;
  for (std::size_t axis = 2; axis < shape.size(); ++axis) {
    trailing *= shape[axis];
  }
  return Features::Shape{shape[0], shape[1], trailing};
}

// The same ids in `shape`, which SequenceShape gives. Their order, and so the
// order of the entries, stays.
SparseIds AsSequences(SparseIds ids, const Features::Shape& shape) {
  const std::int64_t width = ids.dense_shape.back();
  const std::int64_t trailing = shape[2];
  SparseIds out;
  out.dense_shape = shape;
  out.positions.reserve(ids.values.size());
  out.row_splits.assign(static_cast<std::size_t>(shape[0] * shape[1]) + 1, 0);
  for (std::int64_t row = 0; row < ids.rows(); ++row) {
    const auto at = static_cast<std::size_t>(row);
    for (std::size_t i = ids.row_splits[at]; i < ids.row_splits[at + 1]; ++i) {
      const std::int64_t place = row * width + ids.positions[i];
      out.positions.push_back(place % trailing);
      ++out.row_splits[static_cast<std::size_t>(place / trailing) + 1];
    }
  }
  for (std::size_t i = 1; i < out.row_splits.size(); ++i) {
    out.row_splits[i] += out.row_splits[i - 1];
  }
  out.values = std::move(ids.values);
  return out;
}

class Sequence final : public CategoricalTransform {
 public:
  explicit Sequence(std::unique_ptr<CategoricalTransform> inner)
      : CategoricalTransform(inner->name(), inner->num_buckets()),
        inner_(std::move(inner)) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(SparseIds ids, inner_->Transform(features));
    ROWHOUSE_ASSIGN_OR_RETURN(const Features::Shape shape,
                              SequenceShape(name(), ids.dense_shape));
    return AsSequences(std::move(ids), shape);
  }

  absl::StatusOr<SparseIds> TransformUnshaped(
      const Features& features) const override {
    return inner_->TransformUnshaped(features);
  }

 private:
  std::unique_ptr<CategoricalTransform> inner_;
};

}  // namespace

CompiledCategorical Compile(const SequenceCategoricalColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      auto inner, std::visit([](const auto& kind) { return Compile(kind); },
                             column.categorical_column));
  return std::make_unique<Sequence>(std::move(inner));
}

}  // namespace rowhouse::internal
