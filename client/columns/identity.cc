#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_input.h"

namespace rowhouse::internal {
namespace {

class Identity final : public CategoricalTransform {
 public:
  explicit Identity(const CategoricalColumnWithIdentity& column)
      : CategoricalTransform(column.key,
                             static_cast<std::uint64_t>(column.num_buckets)),
        default_value_(column.default_value) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                              FeatureInput::Of(features, name()));
    if (!IsInteger(input.dtype())) {
      return absl::InvalidArgumentError(absl::StrCat("column \"", name(),
                                                     "\": takes integers, got ",
                                                     DTypeName(input.dtype())));
    }
    // A uint64 of 2^63 or more becomes negative, as in TensorFlow.
    return input.IdsOfIntegers(
        [this](auto value) { return IdOf(static_cast<std::int64_t>(value)); });
  }

 private:
  std::int64_t IdOf(std::int64_t value) const {
    const bool inside =
        value >= 0 && static_cast<std::uint64_t>(value) < num_buckets();
    return inside ? value : default_value_.value_or(value);
  }

  std::optional<std::int64_t> default_value_;
};

}  // namespace

CompiledCategorical Compile(const CategoricalColumnWithIdentity& column) {
  // What a CategoricalColumn is that nobody set.
  if (column.key.empty() && column.num_buckets == 0 &&
      !column.default_value.has_value()) {
    return absl::InvalidArgumentError(
        "categorical_column is missing (or an identity column without key and "
        "num_buckets)");
  }
  if (column.num_buckets < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", column.key, "\": num_buckets is ",
                     column.num_buckets, ", expected at least 1"));
  }
  const std::int64_t value = column.default_value.value_or(0);
  if (value < 0 || value >= column.num_buckets) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", column.key, "\": default_value ", value,
                     " is not in [0, ", column.num_buckets, ")"));
  }
  return std::make_unique<Identity>(column);
}

}  // namespace rowhouse::internal
