#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/numeric.h"

namespace rowhouse::internal {
namespace {

class Bucketized final : public CategoricalTransform {
 public:
  Bucketized(const BucketizedColumn& column, NumericTransform source)
      : CategoricalTransform(ColumnName(column),
                             (column.boundaries.size() + 1) *
                                 static_cast<std::uint64_t>(source.width())),
        source_(std::move(source)),
        boundaries_(column.boundaries) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const NumericValues input,
                              source_.Transform(features));
    SparseIds out{.columns = source_.width()};
    const float* value = input.values.data();
    for (std::int64_t row = 0; row < input.rows; ++row) {
      for (std::int64_t j = 0; j < source_.width(); ++j) {
        out.Add(row, j, BucketOf(*value++) + Buckets() * j);
      }
    }
    out.Finish(input.rows);
    return out;
  }

 private:
  std::int64_t Buckets() const {
    return static_cast<std::int64_t>(boundaries_.size()) + 1;
  }
  // The number of boundaries that are not above `value`; all of them for NaN.
  std::int64_t BucketOf(float value) const {
    return std::upper_bound(boundaries_.begin(), boundaries_.end(), value) -
           boundaries_.begin();
  }

  NumericTransform source_;
  std::vector<float> boundaries_;
};

}  // namespace

CompiledCategorical Compile(const BucketizedColumn& column) {
  const auto refuse = [&](const auto&... parts) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", ColumnName(column), "\": ", parts...));
  };
  ROWHOUSE_ASSIGN_OR_RETURN(NumericTransform source,
                            NumericTransform::Compile(column.source_column));
  if (column.source_column.shape.size() > 1) {
    return refuse("the source has rank ", column.source_column.shape.size(),
                  ", expected 1");
  }
  if (column.boundaries.empty()) return refuse("boundaries are empty");
  for (std::size_t i = 1; i < column.boundaries.size(); ++i) {
    const float before = column.boundaries[i - 1];
    const float after = column.boundaries[i];
    if (before < after) continue;
    return refuse("boundaries are not strictly increasing: ", before,
                  " before ", after);
  }
  return std::make_unique<Bucketized>(column, std::move(source));
}

}  // namespace rowhouse::internal
