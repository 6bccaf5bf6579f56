#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/dense.h"
#include "client/columns/numeric.h"

namespace rowhouse::internal {
namespace {

// The ranges between boundaries, of float32.
class Buckets {
 public:
  explicit Buckets(const std::vector<double>& boundaries)
      : boundaries_(boundaries.begin(), boundaries.end()) {}

  std::int64_t count() const {
    return static_cast<std::int64_t>(boundaries_.size()) + 1;
  }
  // The number of boundaries that are not above `value`; all of them for NaN.
  std::int64_t Of(float value) const {
    return std::upper_bound(boundaries_.begin(), boundaries_.end(), value) -
           boundaries_.begin();
  }

 private:
  std::vector<float> boundaries_;
};

class BucketizedIds final : public CategoricalTransform {
 public:
  explicit BucketizedIds(const BucketizedColumn& column)
      : CategoricalTransform(
            ColumnName(column),
            (column.boundaries.size() + 1) *
                static_cast<std::uint64_t>(column.source_column.shape[0])),
        source_(column.source_column),
        buckets_(column.boundaries) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(DenseTensor input,
                              ReadNumbers(source_, features));
    // TensorFlow takes the values in order, whatever their axes, and one value
    // for all.
    DenseTensor rows{.shape = {input.shape[0], source_.shape[0]}};
    const std::int64_t expected = ElementsOf(rows.shape);
    const auto count = static_cast<std::int64_t>(input.values.size());
    if (count != expected && (count != 1 || expected > kDenseValuesMax)) {
      return absl::InvalidArgumentError(
          absl::StrCat("column \"", name(), "\": expected ", rows.shape[1],
                       " values per row, got shape [",
                       absl::StrJoin(input.shape, ", "), "]"));
    }
    rows.values = std::move(input.values);
    rows.values.resize(static_cast<std::size_t>(expected),
                       count == 1 ? rows.values[0] : 0.0f);
    return IdsOf(rows, buckets_.count());
  }

  absl::StatusOr<SparseIds> TransformUnshaped(
      const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const DenseTensor input,
                              ReadNumbers(source_, features));
    return IdsOf(input, 0);
  }

 private:
  // The bucket of every number, and `offset` more for each place on the last
  // axis.
  SparseIds IdsOf(const DenseTensor& input, std::int64_t offset) const {
    SparseIds out;
    out.dense_shape.assign(input.shape.begin(), input.shape.end());
    out.values.reserve(input.values.size());
    out.positions.reserve(input.values.size());
    const std::int64_t width = input.shape.back();
    std::int64_t rows = 1;  // no more than kFeatureRowsMax
    for (std::size_t axis = 0; axis + 1 < input.shape.size(); ++axis) {
      rows *= input.shape[axis];
    }
    const float* value = input.values.data();
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t j = 0; j < width; ++j) {
        out.Add(row, j, buckets_.Of(*value++) + offset * j);
      }
    }
    out.Finish(rows);
    return out;
  }

  NumericColumn source_;
  Buckets buckets_;
};

class BucketizedOneHot final : public DenseTransform {
 public:
  explicit BucketizedOneHot(const BucketizedColumn& column)
      : DenseTransform(
            ColumnName(column),
            {column.source_column.shape[0],
             static_cast<std::int64_t>(column.boundaries.size()) + 1}),
        source_(column.source_column),
        buckets_(column.boundaries) {}

  absl::StatusOr<DenseTensor> Transform(
      const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const DenseTensor input,
                              ReadNumbers(source_, features));
    const auto count = static_cast<std::size_t>(buckets_.count());
    if (input.values.size() > kDenseValuesMax / count) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "column \"", name(), "\": ", input.values.size(), " values of ",
          count, " buckets, at most ", kDenseValuesMax, " numbers"));
    }
    DenseTensor out{.shape = input.shape};
    out.shape.push_back(buckets_.count());
    out.values.resize(input.values.size() * count);
    for (std::size_t i = 0; i < input.values.size(); ++i) {
      const auto bucket =
          static_cast<std::size_t>(buckets_.Of(input.values[i]));
      out.values[i * count + bucket] = 1.0f;
    }
    return out;
  }

 private:
  NumericColumn source_;
  Buckets buckets_;
};

absl::Status Check(const BucketizedColumn& column) {
  const auto refuse = [&](const auto&... parts) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", ColumnName(column), "\": ", parts...));
  };
  ROWHOUSE_RETURN_IF_ERROR(CheckNumeric(column.source_column));
  if (column.source_column.shape.size() != 1) {
    return refuse("the source has rank ", column.source_column.shape.size(),
                  ", expected 1");
  }
  if (column.boundaries.empty()) return refuse("boundaries are empty");
  for (std::size_t i = 1; i < column.boundaries.size(); ++i) {
    const double before = column.boundaries[i - 1];
    const double after = column.boundaries[i];
    if (before < after) continue;
    return refuse("boundaries are not strictly increasing: ", before,
                  " before ", after);
  }
  return absl::OkStatus();
}

}  // namespace

CompiledCategorical Compile(const BucketizedColumn& column) {
  ROWHOUSE_RETURN_IF_ERROR(Check(column));
  return std::make_unique<BucketizedIds>(column);
}

CompiledDense CompileDense(const BucketizedColumn& column) {
  ROWHOUSE_RETURN_IF_ERROR(Check(column));
  return std::make_unique<BucketizedOneHot>(column);
}

}  // namespace rowhouse::internal
