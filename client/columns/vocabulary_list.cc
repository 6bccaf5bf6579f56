#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_input.h"
#include "client/columns/vocabulary.h"

namespace rowhouse::internal {
namespace {

// `Token` is std::string or std::int64_t.
template <typename Token>
class ListTransform final : public CategoricalTransform {
 public:
  ListTransform(const CategoricalColumnWithVocabularyList& column, DType dtype,
                Vocabulary<Token> vocabulary)
      : CategoricalTransform(
            column.key, vocabulary.size() +
                            static_cast<std::uint64_t>(column.num_oov_buckets)),
        dtype_(dtype),
        vocabulary_(std::move(vocabulary)) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                              FeatureInput::Of(features, name()));
    ROWHOUSE_RETURN_IF_ERROR(CheckFamily(name(), dtype_, input.dtype()));
    return vocabulary_.IdsOf(input);
  }

 private:
  DType dtype_;
  Vocabulary<Token> vocabulary_;
};

template <typename... Parts>
absl::Status Refuse(const CategoricalColumnWithVocabularyList& column,
                    const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", column.key, "\": ", parts...));
}

absl::Status CheckUnknown(const CategoricalColumnWithVocabularyList& column) {
  if (column.num_oov_buckets != 0 && column.default_value != -1) {
    return Refuse(column, "num_oov_buckets ", column.num_oov_buckets,
                  " and default_value ", column.default_value,
                  " exclude each other");
  }
  if (column.num_oov_buckets < 0) {
    return Refuse(column, "num_oov_buckets is ", column.num_oov_buckets,
                  ", expected at least 0");
  }
  return absl::OkStatus();
}

template <typename Token>
CompiledCategorical CompileTokens(
    const CategoricalColumnWithVocabularyList& column,
    const std::vector<Token>& tokens) {
  if (tokens.empty()) return Refuse(column, "vocabulary_list is empty");
  Vocabulary<Token> vocabulary(
      {.num_oov_buckets = static_cast<std::uint64_t>(column.num_oov_buckets),
       .default_value = column.default_value});
  for (const Token& token : tokens) {
    if (vocabulary.Add(token)) continue;
    return Refuse(column, "vocabulary_list has \"", token, "\" twice");
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckUnknown(column));
  const DType inferred =
      std::is_same_v<Token, std::string> ? DType::kString : DType::kInt64;
  const DType dtype = column.dtype.value_or(inferred);
  if (IsInteger(dtype) != IsInteger(inferred)) {
    return Refuse(column, "dtype is ", DTypeName(dtype),
                  ", vocabulary_list is ", DTypeName(inferred));
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckIdDType(column.key, dtype));
  return std::make_unique<ListTransform<Token>>(column, dtype,
                                                std::move(vocabulary));
}

}  // namespace

CompiledCategorical Compile(const CategoricalColumnWithVocabularyList& column) {
  return std::visit(
      [&](const auto& tokens) { return CompileTokens(column, tokens); },
      column.vocabulary_list.tokens());
}

}  // namespace rowhouse::internal
