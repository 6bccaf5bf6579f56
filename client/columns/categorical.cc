#include "client/columns/categorical.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowhouse {
namespace {

void CollectLeafNames(const CrossedColumn& column,
                      std::vector<std::string>& names) {
  for (const CrossedKey& key : column.keys) {
    if (const auto* raw = std::get_if<std::string>(&key)) {
      names.push_back(*raw);
      continue;
    }
    const auto& inner = std::get<CategoricalColumn>(key);
    if (const auto* cross = std::get_if<CrossedColumn>(&inner)) {
      CollectLeafNames(*cross, names);
    } else {
      names.push_back(ColumnName(inner));
    }
  }
}

struct NameOf {
  std::string operator()(const BucketizedColumn& column) const {
    return absl::StrCat(column.source_column.key, "_bucketized");
  }
  std::string operator()(const CrossedColumn& column) const {
    std::vector<std::string> names;
    CollectLeafNames(column, names);
    std::sort(names.begin(), names.end());
    return absl::StrJoin(names, "_X_");
  }
  std::string operator()(const WeightedCategoricalColumn& column) const {
    const CategoricalColumn* inner = column.categorical_column.get();
    return absl::StrCat(inner == nullptr ? "" : ColumnName(*inner),
                        "_weighted_by_", column.weight_feature_key);
  }
  std::string operator()(const SequenceCategoricalColumn& column) const {
    return std::visit(*this, column.categorical_column);
  }
  std::string operator()(const IndicatorColumn& column) const {
    return absl::StrCat(ColumnName(column.categorical_column), "_indicator");
  }
  template <typename Keyed>
  std::string operator()(const Keyed& column) const {
    return column.key;
  }
};

}  // namespace

std::string ColumnName(const CategoricalColumn& column) {
  return std::visit(NameOf(), column);
}

std::string ColumnName(const DenseColumn& column) {
  return std::visit(NameOf(), column);
}

std::string ColumnName(const BucketizedColumn& column) {
  return NameOf()(column);
}

std::string ColumnName(const SequenceNumericColumn& column) {
  return NameOf()(column);
}

namespace internal {

CompiledCategorical Compile(const CategoricalColumn& column) {
  return std::visit([](const auto& kind) { return Compile(kind); }, column);
}

absl::Status CheckIdDType(absl::string_view column, DType dtype) {
  if (dtype == DType::kString || IsInteger(dtype)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", column, "\": dtype is ", DTypeName(dtype),
                   ", expected string or integer"));
}

absl::Status CheckFamily(absl::string_view column, DType expected, DType got) {
  const bool fits =
      expected == DType::kString ? got == DType::kString : IsInteger(got);
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", column, "\": takes ",
                   expected == DType::kString ? "strings" : "integers",
                   ", got ", DTypeName(got)));
}

}  // namespace internal
}  // namespace rowhouse
