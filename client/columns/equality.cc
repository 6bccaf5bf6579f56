// TensorFlow's == of columns, argument by argument.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rowhouse/tpu_columns.h"

namespace rowhouse {
namespace {

double AsDouble(const Number& number) {
  return std::visit([](auto value) { return static_cast<double>(value); },
                    number);
}

// One number for all places equals as many of the same.
bool EqualDefaults(const NumericDefault& a, const NumericDefault& b) {
  if (!a.shape().has_value() && b.shape().has_value()) {
    return EqualDefaults(b, a);
  }
  if (a.shape().has_value() && b.shape().has_value() &&
      a.shape() != b.shape()) {
    return false;
  }
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const std::size_t other = b.shape().has_value() ? i : 0;
    if (other >= b.values().size() ||
        AsDouble(a.values()[i]) != AsDouble(b.values()[other])) {
      return false;
    }
  }
  return true;
}

bool EqualDefaults(const std::optional<NumericDefault>& a,
                   const std::optional<NumericDefault>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() == b.has_value();
  return EqualDefaults(*a, *b);
}

// Unset: that of the values.
DType DTypeOf(const CategoricalColumnWithVocabularyList& column) {
  const bool strings = std::holds_alternative<std::vector<std::string>>(
      column.vocabulary_list.tokens());
  return column.dtype.value_or(strings ? DType::kString : DType::kInt64);
}

bool EqualSources(const NumericColumn& a, const NumericColumn& b) {
  return a.key == b.key && a.shape == b.shape &&
         EqualDefaults(a.default_value, b.default_value) &&
         a.dtype == b.dtype && !a.normalizer_fn && !b.normalizer_fn;
}

bool EqualKeys(const CrossedKey& a, const CrossedKey& b) {
  if (a.index() != b.index()) return false;
  const auto* raw = std::get_if<std::string>(&a);
  if (raw != nullptr) return *raw == std::get<std::string>(b);
  return EqualColumns(std::get<CategoricalColumn>(a),
                      std::get<CategoricalColumn>(b));
}

bool EqualInner(const CategoricalColumn* a, const CategoricalColumn* b) {
  return a == b || (a != nullptr && b != nullptr && EqualColumns(*a, *b));
}

struct Equal {
  bool operator()(const CategoricalColumnWithIdentity& a,
                  const CategoricalColumnWithIdentity& b) const {
    return a.key == b.key && a.num_buckets == b.num_buckets &&
           a.default_value == b.default_value;
  }
  bool operator()(const CategoricalColumnWithVocabularyList& a,
                  const CategoricalColumnWithVocabularyList& b) const {
    return a.key == b.key &&
           a.vocabulary_list.tokens() == b.vocabulary_list.tokens() &&
           DTypeOf(a) == DTypeOf(b) && a.num_oov_buckets == b.num_oov_buckets &&
           a.default_value == b.default_value;
  }
  bool operator()(const CategoricalColumnWithVocabularyFile& a,
                  const CategoricalColumnWithVocabularyFile& b) const {
    return a.key == b.key && a.vocabulary_file == b.vocabulary_file &&
           a.vocabulary_size == b.vocabulary_size && a.dtype == b.dtype &&
           a.default_value.value_or(-1) == b.default_value.value_or(-1) &&
           a.num_oov_buckets == b.num_oov_buckets &&
           a.file_format == b.file_format;
  }
  bool operator()(const CategoricalColumnWithHashBucket& a,
                  const CategoricalColumnWithHashBucket& b) const {
    return a.key == b.key && a.hash_bucket_size == b.hash_bucket_size &&
           a.dtype == b.dtype;
  }
  bool operator()(const BucketizedColumn& a, const BucketizedColumn& b) const {
    return EqualSources(a.source_column, b.source_column) &&
           a.boundaries == b.boundaries;
  }
  bool operator()(const CrossedColumn& a, const CrossedColumn& b) const {
    return a.hash_bucket_size == b.hash_bucket_size &&
           a.hash_key == b.hash_key &&
           std::equal(a.keys.begin(), a.keys.end(), b.keys.begin(),
                      b.keys.end(), EqualKeys);
  }
  bool operator()(const WeightedCategoricalColumn& a,
                  const WeightedCategoricalColumn& b) const {
    return EqualInner(a.categorical_column.get(), b.categorical_column.get()) &&
           a.weight_feature_key == b.weight_feature_key && a.dtype == b.dtype;
  }
  bool operator()(const SequenceCategoricalColumn& a,
                  const SequenceCategoricalColumn& b) const {
    return std::visit(*this, a.categorical_column, b.categorical_column);
  }
  // Columns of different kinds.
  template <typename Column, typename Other>
  bool operator()(const Column&, const Other&) const {
    return false;
  }
};

// Of either kind of embedding column.
template <typename Column>
bool EqualEmbeddings(const TpuEmbeddingColumn& a, const Column& b) {
  return EqualColumns(a.categorical_column, b.categorical_column) &&
         a.dimension == b.dimension && a.combiner == b.combiner &&
         a.initializer.has_value() && a.initializer == b.initializer &&
         a.use_safe_embedding_lookup == b.use_safe_embedding_lookup;
}

}  // namespace

bool EqualColumns(const CategoricalColumn& a, const CategoricalColumn& b) {
  return std::visit(Equal(), a, b);
}

bool EqualColumns(const TpuEmbeddingColumn& a, const TpuEmbeddingColumn& b) {
  return &a == &b || EqualEmbeddings(a, b);
}

bool EqualColumns(const TpuEmbeddingColumn& a, const EmbeddingColumn& b) {
  return EqualEmbeddings(a, b) && !b.ckpt_to_load_from.has_value() &&
         !b.tensor_name_in_ckpt.has_value() && !b.max_norm.has_value() &&
         b.trainable;
}

}  // namespace rowhouse
