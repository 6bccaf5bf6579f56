#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_input.h"

namespace rowhouse::internal {
namespace {

// Of real numbers they keep it, all others are cast.
DType TypeOfWeights(DType declared) {
  return IsFloating(declared) ? declared : DType::kFloat32;
}

class Weighted final : public CategoricalTransform {
 public:
  Weighted(const WeightedCategoricalColumn& column,
           std::unique_ptr<CategoricalTransform> inner)
      : CategoricalTransform(ColumnName(column), inner->num_buckets()),
        inner_(std::move(inner)),
        weight_key_(column.weight_feature_key),
        dtype_(column.dtype) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(SparseWeights weights, Weights(features));
    ROWHOUSE_ASSIGN_OR_RETURN(SparseIds ids,
                              inner_->TransformUnshaped(features));
    ids.weights = std::move(weights);
    return ids;
  }

  absl::StatusOr<SparseIds> TransformUnshaped(
      const Features& features) const override {
    ROWHOUSE_RETURN_IF_ERROR(Transform(features).status());
    return absl::InvalidArgumentError(absl::StrCat(
        "column \"", name(), "\" is weighted; it cannot be weighted again"));
  }

 private:
  absl::StatusOr<SparseWeights> Weights(const Features& features) const {
    ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                              FeatureInput::Of(features, weight_key_));
    if (input.dtype() != dtype_) {
      return absl::InvalidArgumentError(
          absl::StrCat("column \"", name(), "\": takes weights of type ",
                       DTypeName(dtype_), ", got ", DTypeName(input.dtype())));
    }
    SparseWeights out;
    out.dtype = TypeOfWeights(dtype_);
    std::visit(
        [&]<typename Value>(absl::Span<const Value> values) {
          if constexpr (!kIsString<Value>) {
            input.Map(
                values, [](Value value) { return IsZero(value); },
                [](Value value) { return AsFloat(value); }, out);
          }
        },
        input.values());
    return out;
  }

  // Of the type as it is: a double may be too small for a float.
  template <typename Value>
  static bool IsZero(Value value) {
    if constexpr (std::is_arithmetic_v<Value>) {
      return value == Value{};
    } else {
      return value.ToFloat() == 0.0f;
    }
  }

  std::unique_ptr<CategoricalTransform> inner_;
  std::string weight_key_;
  DType dtype_;
};

}  // namespace

CompiledCategorical Compile(const WeightedCategoricalColumn& column) {
  if (column.categorical_column.get() == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("weighted column of \"", column.weight_feature_key,
                     "\": no categorical column"));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(auto inner,
                            Compile(*column.categorical_column.get()));
  if (!IsInteger(column.dtype) && !IsFloating(column.dtype)) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", ColumnName(column), "\": dtype is ",
                     DTypeName(column.dtype), ", expected a number"));
  }
  return std::make_unique<Weighted>(column, std::move(inner));
}

}  // namespace rowhouse::internal
