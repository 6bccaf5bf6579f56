#include "rowhouse/parse_example_spec.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/limits.h"
#include "client/columns/numeric.h"

namespace rowhouse {
namespace {

ParseExampleSpec VarLen(const std::string& key, DType dtype) {
  return {{key, VarLenFeature{.dtype = dtype}}};
}

absl::StatusOr<ParseExampleSpec> FixedLen(const NumericColumn& column) {
  ROWHOUSE_RETURN_IF_ERROR(internal::CheckNumeric(column));
  FixedLenFeature feature{.dtype = column.dtype, .shape = column.shape};
  if (column.default_value.has_value()) {
    feature.default_value = column.default_value->values();
    if (!column.default_value->shape().has_value()) {
      // A shape is a claim of few bytes; here it becomes numbers.
      if (internal::ElementsOf(column.shape) > internal::kRepeatedDefaultsMax) {
        return absl::ResourceExhaustedError(
            absl::StrCat("numeric column \"", column.key,
                         "\": its default_value stands for ",
                         internal::ElementsOf(column.shape),
                         " numbers, at most ", internal::kRepeatedDefaultsMax));
      }
      feature.default_value->resize(
          static_cast<std::size_t>(internal::ElementsOf(column.shape)),
          column.default_value->values().front());
    }
  }
  return ParseExampleSpec{{column.key, std::move(feature)}};
}

struct SpecOf {
  using Result = absl::StatusOr<ParseExampleSpec>;

  Result operator()(const NumericColumn& column) const {
    return FixedLen(column);
  }
  Result operator()(const CategoricalColumnWithIdentity& column) const {
    return VarLen(column.key, DType::kInt64);
  }
  Result operator()(const CategoricalColumnWithVocabularyList& column) const {
    const bool strings = std::holds_alternative<std::vector<std::string>>(
        column.vocabulary_list.tokens());
    return VarLen(column.key, column.dtype.value_or(strings ? DType::kString
                                                            : DType::kInt64));
  }
  Result operator()(const CategoricalColumnWithVocabularyFile& column) const {
    return VarLen(column.key, column.dtype);
  }
  Result operator()(const CategoricalColumnWithHashBucket& column) const {
    return VarLen(column.key, column.dtype);
  }
  Result operator()(const BucketizedColumn& column) const {
    return FixedLen(column.source_column);
  }
  // Of keys in order: a later one wins over an earlier one of the same name.
  Result operator()(const CrossedColumn& column) const {
    ParseExampleSpec spec;
    for (const CrossedKey& key : column.keys) {
      ParseExampleSpec of_key;
      if (const auto* raw = std::get_if<std::string>(&key)) {
        of_key = VarLen(*raw, DType::kString);
      } else {
        ROWHOUSE_ASSIGN_OR_RETURN(
            of_key, ParseExampleSpecOf(std::get<CategoricalColumn>(key)));
      }
      for (auto& [name, feature] : of_key) spec[name] = std::move(feature);
    }
    return spec;
  }
  Result operator()(const WeightedCategoricalColumn& column) const {
    ParseExampleSpec spec;
    if (const CategoricalColumn* inner = column.categorical_column.get()) {
      ROWHOUSE_ASSIGN_OR_RETURN(spec, ParseExampleSpecOf(*inner));
    }
    const VarLenFeature weights{.dtype = column.dtype};
    if (!spec.emplace(column.weight_feature_key, weights).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "column \"", ColumnName(column), "\": the weight key \"",
          column.weight_feature_key, "\" is a key of the weighted column too"));
    }
    return spec;
  }
  Result operator()(const SequenceCategoricalColumn& column) const {
    return std::visit(*this, column.categorical_column);
  }
  Result operator()(const IndicatorColumn& column) const {
    return ParseExampleSpecOf(column.categorical_column);
  }
};

}  // namespace

absl::StatusOr<ParseExampleSpec> ParseExampleSpecOf(
    const CategoricalColumn& column) {
  return std::visit(SpecOf(), column);
}

absl::StatusOr<ParseExampleSpec> ParseExampleSpecOf(const DenseColumn& column) {
  return std::visit(SpecOf(), column);
}

absl::StatusOr<ParseExampleSpec> ParseExampleSpecOf(
    const BucketizedColumn& column) {
  return FixedLen(column.source_column);
}

ParseExampleSpec ParseExampleSpecOf(const SequenceNumericColumn& column) {
  return VarLen(column.key, column.dtype);
}

absl::StatusOr<ParseExampleSpec> MergeParseExampleSpecs(
    absl::Span<const ParseExampleSpec> specs) {
  ParseExampleSpec merged;
  for (const ParseExampleSpec& spec : specs) {
    for (const auto& [key, feature] : spec) {
      const auto [at, added] = merged.emplace(key, feature);
      if (added || at->second == feature) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "columns want different things of the feature \"", key, "\""));
    }
  }
  return merged;
}

}  // namespace rowhouse
