// A feature in the form every column works on: checked, and of rank 2.
#ifndef ROWHOUSE_CLIENT_COLUMNS_FEATURE_MATRIX_H_
#define ROWHOUSE_CLIENT_COLUMNS_FEATURE_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// A view of a view: valid while the Features' data are.
class FeatureMatrix {
 public:
  // Rank 1 becomes one column. INVALID_ARGUMENT when there is no such feature,
  // its rank is not 1 or 2, its values do not fill its shape, or sparse
  // coordinates are outside it or not in row-major order.
  static absl::StatusOr<FeatureMatrix> Of(const Features& features,
                                          absl::string_view key);

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  bool sparse() const { return tensor_->sparse; }
  DType dtype() const { return DTypeOf(tensor_->values); }

  // Calls visit(row, column, value) for each value there is, in row-major
  // order. `visit` takes the value as absl::string_view, std::int64_t or float.
  template <typename Visit>
  void VisitCells(Visit&& visit) const {
    std::visit(
        [&](const auto& values) {
          for (std::size_t i = 0; i < values.size(); ++i) {
            visit(RowOf(i), ColumnOf(i), AsValue(values[i]));
          }
        },
        tensor_->values);
  }

  // The same without the cells of a dense tensor that mean "no value": "", -1.
  // (0 for floats, which no column takes that drops cells.)
  template <typename Visit>
  void VisitPresentCells(Visit&& visit) const {
    VisitCells([&](std::int64_t row, std::int64_t column, auto value) {
      if (!tensor_->sparse && IsMissing(value)) return;
      visit(row, column, value);
    });
  }

  // Values there are, missing ones of a dense tensor included.
  std::size_t values() const;

 private:
  explicit FeatureMatrix(const Features::Tensor* tensor) : tensor_(tensor) {}

  std::int64_t RowOf(std::size_t i) const {
    if (!tensor_->sparse) return static_cast<std::int64_t>(i) / columns_;
    return tensor_->indices[i * rank_];
  }
  std::int64_t ColumnOf(std::size_t i) const {
    if (!tensor_->sparse) return static_cast<std::int64_t>(i) % columns_;
    return rank_ == 1 ? 0 : tensor_->indices[i * rank_ + 1];
  }
  static absl::string_view AsValue(absl::string_view value) { return value; }
  static std::int64_t AsValue(std::int64_t value) { return value; }
  static float AsValue(float value) { return value; }
  static bool IsMissing(absl::string_view value) { return value.empty(); }
  static bool IsMissing(std::int64_t value) { return value == -1; }
  static bool IsMissing(float value) { return value == 0.0f; }

  const Features::Tensor* tensor_;
  std::size_t rank_ = 2;
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 1;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_FEATURE_MATRIX_H_
