#include "tools/column_words.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowhouse::tools {
namespace {

std::string Words(const CategoricalColumnWithIdentity& column) {
  return absl::StrCat(
      column.key, ": integers below ", column.num_buckets,
      column.default_value.has_value()
          ? absl::StrCat(", others count as ", *column.default_value)
          : "");
}

// What becomes of values that a vocabulary does not have.
std::string Others(std::int64_t num_oov_buckets, std::int64_t default_value) {
  if (num_oov_buckets > 0) {
    return absl::StrCat(", others hashed to ", num_oov_buckets, " more");
  }
  if (default_value < 0) return ", others left out";
  return absl::StrCat(", others count as ", default_value);
}

std::string Words(const CategoricalColumnWithVocabularyList& column) {
  const std::size_t count =
      std::visit([](const auto& tokens) { return tokens.size(); },
                 column.vocabulary_list.tokens());
  return absl::StrCat(column.key, ": places in a list of ", count,
                      Others(column.num_oov_buckets, column.default_value));
}

std::string Words(const CategoricalColumnWithVocabularyFile& column) {
  return absl::StrCat(
      column.key, ": places in ",
      column.vocabulary_size.has_value()
          ? absl::StrCat("the first ", *column.vocabulary_size, " of ")
          : "",
      "file ", column.vocabulary_file,
      Others(column.num_oov_buckets, column.default_value.value_or(-1)));
}

std::string Words(const CategoricalColumnWithHashBucket& column) {
  return absl::StrCat(column.key, ": ", DTypeName(column.dtype), " hashed to ",
                      column.hash_bucket_size, " ids");
}

std::string Words(const BucketizedColumn& column) {
  return absl::StrCat(column.source_column.key, ": numbers in ",
                      column.boundaries.size() + 1, " ranges");
}

std::string Words(const CrossedColumn& column) {
  std::vector<std::string> keys;
  for (const CrossedKey& key : column.keys) {
    const auto* const feature = std::get_if<std::string>(&key);
    keys.push_back(feature != nullptr
                       ? *feature
                       : absl::StrCat("(",
                                      WordsOf(std::get<CategoricalColumn>(key)),
                                      ")"));
  }
  return absl::StrCat(absl::StrJoin(keys, " x "), ": combinations hashed to ",
                      column.hash_bucket_size, " ids");
}

std::string Words(const WeightedCategoricalColumn& column) {
  const CategoricalColumn* const inner = column.categorical_column.get();
  return absl::StrCat(inner == nullptr ? "nothing" : WordsOf(*inner),
                      ", weighted by ", column.weight_feature_key);
}

std::string Words(const SequenceCategoricalColumn& column) {
  return absl::StrCat(std::visit([](const auto& kind) { return Words(kind); },
                                 column.categorical_column),
                      ", over time");
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

std::string CombinedText(Combiner combiner, std::int64_t dimension) {
  std::string rows = absl::StrCat("rows of ", dimension, " floats");
  switch (combiner) {
    case Combiner::kSum:
      return absl::StrCat("sum of ", rows);
    case Combiner::kMean:
      return absl::StrCat("mean of ", rows);
    case Combiner::kSqrtn:
      return absl::StrCat("sum over square root of the count of ", rows);
    case Combiner::kNone:
      break;
  }
  return absl::StrCat("no combiner, so every lookup is refused, of ", rows);
}

// What both columns with tables may say beside that.
template <typename Column>
std::string TableWords(const Column& column) {
  return absl::StrCat(
      CombinedText(column.combiner, column.dimension),
      column.max_norm.has_value()
          ? absl::StrCat(" not longer than ", *column.max_norm)
          : "",
      column.trainable ? "" : ", not trained",
      column.use_safe_embedding_lookup ? "" : ", ids and weights unchecked",
      column.ckpt_to_load_from.has_value()
          ? absl::StrCat(", first values from ", *column.ckpt_to_load_from)
          : "");
}

std::string Words(const NumericColumn& column) {
  return absl::StrCat(column.key, ": numbers of shape ",
                      ShapeText(column.shape));
}

std::string Words(const SequenceNumericColumn& column) {
  return absl::StrCat(column.key, ": numbers of shape ",
                      ShapeText(column.shape), " over time");
}

std::string Words(const IndicatorColumn& column) {
  return absl::StrCat("count of each id; ", WordsOf(column.categorical_column));
}

template <typename Column>
std::string TpuTableWords(const Column& column) {
  return absl::StrCat(
      CombinedText(column.combiner, column.dimension),
      column.use_safe_embedding_lookup ? "" : ", ids and weights unchecked",
      column.learning_rate_fn ? ", at a rate of its own" : "",
      column.embedding_lookup_device.has_value()
          ? absl::StrCat(", meant for ",
                         EmbeddingDeviceName(*column.embedding_lookup_device))
          : "");
}

std::string Words(const TpuEmbeddingColumn& column) {
  return absl::StrCat(
      TpuTableWords(column),
      column.max_sequence_length > 0
          ? absl::StrCat(", up to ", column.max_sequence_length, " positions")
          : "",
      "; ", WordsOf(column.categorical_column));
}

std::string Words(const TpuSharedEmbeddingColumns& columns) {
  std::vector<std::string> inner;
  for (const CategoricalColumn& column : columns.categorical_columns) {
    inner.push_back(WordsOf(column));
  }
  return absl::StrCat(TpuTableWords(columns), "; ", absl::StrJoin(inner, "; "));
}

std::string Words(const EmbeddingColumn& column) {
  return absl::StrCat(TableWords(column), "; ",
                      WordsOf(column.categorical_column));
}

std::string Words(const SharedEmbeddings& columns) {
  std::vector<std::string> inner;
  for (const CategoricalColumn& column : columns.categorical_columns) {
    inner.push_back(WordsOf(column));
  }
  return absl::StrCat(TableWords(columns), "; ", absl::StrJoin(inner, "; "));
}

std::string Words(const CategoricalColumn& column) {
  if (std::holds_alternative<BucketizedColumn>(column)) {
    return absl::StrCat("one-hot; ", WordsOf(column));
  }
  return absl::StrCat("ids only: wants an embedding or indicator; ",
                      WordsOf(column));
}

}  // namespace

std::string WordsOf(const CategoricalColumn& column) {
  return std::visit([](const auto& kind) { return Words(kind); }, column);
}

std::string WordsOf(const PlanColumn& column) {
  return std::visit([](const auto& kind) { return Words(kind); }, column);
}

}  // namespace rowhouse::tools
