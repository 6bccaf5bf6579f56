#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_matrix.h"

namespace rowhouse::internal {
namespace {

// `Token` is std::string or std::int64_t.
template <typename Token>
class Vocabulary final : public CategoricalTransform {
 public:
  using Ids = absl::flat_hash_map<Token, std::int64_t>;
  using Value = std::conditional_t<std::is_same_v<Token, std::string>,
                                   absl::string_view, std::int64_t>;
  static constexpr DType kDType =
      std::is_same_v<Token, std::string> ? DType::kString : DType::kInt64;

  Vocabulary(const CategoricalColumnWithVocabularyList& column, Ids ids)
      : CategoricalTransform(
            column.key,
            ids.size() + static_cast<std::uint64_t>(column.num_oov_buckets)),
        ids_(std::move(ids)),
        oov_buckets_(static_cast<std::uint64_t>(column.num_oov_buckets)),
        default_value_(column.default_value) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FeatureMatrix input,
                              FeatureMatrix::Of(features, name()));
    if (input.dtype() != kDType) {
      return WrongDType(name(), kDType, input.dtype());
    }
    SparseIds out{.columns = input.columns()};
    input.VisitPresentCells([&](std::int64_t row, std::int64_t at, auto value) {
      if constexpr (std::is_same_v<decltype(value), Value>) {
        out.Add(row, at, IdOf(value));
      }
    });
    out.Finish(input.rows());
    return out;
  }

 private:
  std::int64_t IdOf(Value value) const {
    const auto at = ids_.find(value);
    if (at != ids_.end()) return at->second;
    if (oov_buckets_ == 0) return default_value_;
    const std::uint64_t bucket =
        Fingerprint64(absl::AlphaNum(value).Piece()) % oov_buckets_;
    return static_cast<std::int64_t>(ids_.size() + bucket);
  }

  Ids ids_;
  std::uint64_t oov_buckets_;
  std::int64_t default_value_;
};

template <typename... Parts>
absl::Status Refuse(const CategoricalColumnWithVocabularyList& column,
                    const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", column.key, "\": ", parts...));
}

template <typename Token>
CompiledCategorical CompileTokens(
    const CategoricalColumnWithVocabularyList& column,
    const std::vector<Token>& tokens) {
  if (tokens.empty()) return Refuse(column, "vocabulary_list is empty");
  typename Vocabulary<Token>::Ids ids;
  for (const Token& token : tokens) {
    const auto id = static_cast<std::int64_t>(ids.size());
    if (!ids.emplace(token, id).second) {
      return Refuse(column, "vocabulary_list has \"", token, "\" twice");
    }
  }
  if (column.num_oov_buckets != 0 && column.default_value != -1) {
    return Refuse(column, "num_oov_buckets ", column.num_oov_buckets,
                  " and default_value ", column.default_value,
                  " exclude each other");
  }
  if (column.num_oov_buckets < 0) {
    return Refuse(column, "num_oov_buckets is ", column.num_oov_buckets,
                  ", expected at least 0");
  }
  return std::make_unique<Vocabulary<Token>>(column, std::move(ids));
}

}  // namespace

CompiledCategorical Compile(const CategoricalColumnWithVocabularyList& column) {
  return std::visit(
      [&](const auto& tokens) { return CompileTokens(column, tokens); },
      column.vocabulary_list.tokens());
}

}  // namespace rowhouse::internal
