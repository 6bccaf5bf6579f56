// Categorical columns.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/internal/columns_from_proto.h"
#include "client/internal/spec_fields.h"

namespace rowhouse::internal {
namespace {

absl::StatusOr<CategoricalColumnWithIdentity> Read(
    const v1::CategoricalColumnWithIdentity& message) {
  CategoricalColumnWithIdentity column;
  ROWHOUSE_ASSIGN_OR_RETURN(column.key, KeyOf(message));
  column.num_buckets = message.num_buckets();
  if (message.has_default_value()) {
    column.default_value = message.default_value();
  }
  return column;
}

absl::StatusOr<VocabularyList> Read(const v1::VocabularyList& message) {
  const int kinds = (message.strings().empty() ? 0 : 1) +
                    (message.integers().empty() ? 0 : 1) +
                    (message.byte_strings().empty() ? 0 : 1);
  if (kinds > 1) {
    return absl::InvalidArgumentError(
        "vocabulary_list: values of more than one kind");
  }
  if (!message.integers().empty()) {
    return VocabularyList(std::vector<std::int64_t>(message.integers().begin(),
                                                    message.integers().end()));
  }
  const auto& strings =
      message.strings().empty() ? message.byte_strings() : message.strings();
  return VocabularyList(
      std::vector<std::string>(strings.begin(), strings.end()));
}

absl::StatusOr<CategoricalColumnWithVocabularyList> Read(
    const v1::CategoricalColumnWithVocabularyList& message) {
  CategoricalColumnWithVocabularyList column;
  ROWHOUSE_ASSIGN_OR_RETURN(column.key, KeyOf(message));
  ROWHOUSE_ASSIGN_OR_RETURN(column.vocabulary_list,
                            Read(message.vocabulary_list()));
  if (message.has_dtype()) {
    ROWHOUSE_ASSIGN_OR_RETURN(column.dtype, DTypeOf(message, DType::kString));
  }
  if (message.has_default_value()) {
    column.default_value = message.default_value();
  }
  column.num_oov_buckets = message.num_oov_buckets();
  return column;
}

absl::StatusOr<CategoricalColumnWithVocabularyFile> Read(
    const v1::CategoricalColumnWithVocabularyFile& message) {
  CategoricalColumnWithVocabularyFile column;
  ROWHOUSE_ASSIGN_OR_RETURN(column.key, KeyOf(message));
  column.vocabulary_file = message.vocabulary_file();
  if (message.has_vocabulary_size()) {
    column.vocabulary_size = message.vocabulary_size();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(column.dtype, DTypeOf(message, column.dtype));
  if (message.has_default_value()) {
    column.default_value = message.default_value();
  }
  column.num_oov_buckets = message.num_oov_buckets();
  if (message.has_file_format()) column.file_format = message.file_format();
  return column;
}

absl::StatusOr<CategoricalColumnWithHashBucket> Read(
    const v1::CategoricalColumnWithHashBucket& message) {
  CategoricalColumnWithHashBucket column;
  ROWHOUSE_ASSIGN_OR_RETURN(column.key, KeyOf(message));
  column.hash_bucket_size = message.hash_bucket_size();
  ROWHOUSE_ASSIGN_OR_RETURN(column.dtype, DTypeOf(message, column.dtype));
  return column;
}

absl::StatusOr<BucketizedColumn> Read(const v1::BucketizedColumn& message) {
  if (!message.source_column().has_numeric_column()) {
    return Field("source_column", "a numeric_column is needed");
  }
  BucketizedColumn column;
  ROWHOUSE_ASSIGN_OR_RETURN(
      column.source_column,
      In("source_column.numeric_column",
         NumericFromProto(message.source_column().numeric_column())));
  column.boundaries.assign(message.boundaries().begin(),
                           message.boundaries().end());
  return column;
}

absl::StatusOr<CrossedKey> Read(const v1::CrossedKey& message) {
  switch (message.key_case()) {
    case v1::CrossedKey::kFeature:
      return message.feature();
    case v1::CrossedKey::kColumn:
      return In("column", CategoricalFromProto(message.column()));
    case v1::CrossedKey::KEY_NOT_SET:
      break;
  }
  return Field("key", "neither feature nor column");
}

absl::StatusOr<CrossedColumn> Read(const v1::CrossedColumn& message) {
  CrossedColumn column;
  for (const v1::CrossedKey& key : message.keys()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        column.keys.emplace_back(),
        In(absl::StrCat("keys[", column.keys.size(), "]"), Read(key)));
  }
  column.hash_bucket_size = message.hash_bucket_size();
  column.hash_key = message.hash_key();
  return column;
}

absl::StatusOr<WeightedCategoricalColumn> Read(
    const v1::WeightedCategoricalColumn& message) {
  WeightedCategoricalColumn column;
  ROWHOUSE_ASSIGN_OR_RETURN(
      column.categorical_column,
      In("categorical_column",
         CategoricalFromProto(message.categorical_column())));
  if (!message.has_weight_feature_key()) {
    return Field("weight_feature_key", "missing; it has no default");
  }
  column.weight_feature_key = message.weight_feature_key();
  ROWHOUSE_ASSIGN_OR_RETURN(column.dtype, DTypeOf(message, column.dtype));
  return column;
}

template <typename Message>
absl::StatusOr<CategoricalColumn> Plain(absl::string_view kind,
                                        const Message& message) {
  return In(kind, Read(message));
}

template <typename Message>
absl::StatusOr<CategoricalColumn> Sequence(absl::string_view kind,
                                           const Message& message) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto column, In(kind, Read(message)));
  return SequenceCategoricalColumn{std::move(column)};
}

}  // namespace

absl::StatusOr<CategoricalColumn> CategoricalFromProto(
    const v1::Column& message) {
  const absl::string_view kind = KindOf(message);
  switch (message.column_case()) {
    case v1::Column::kBucketizedColumn:
      return Plain(kind, message.bucketized_column());
    case v1::Column::kCategoricalColumnWithIdentity:
      return Plain(kind, message.categorical_column_with_identity());
    case v1::Column::kCategoricalColumnWithVocabularyList:
      return Plain(kind, message.categorical_column_with_vocabulary_list());
    case v1::Column::kCategoricalColumnWithVocabularyFile:
      return Plain(kind, message.categorical_column_with_vocabulary_file());
    case v1::Column::kCategoricalColumnWithHashBucket:
      return Plain(kind, message.categorical_column_with_hash_bucket());
    case v1::Column::kCrossedColumn:
      return Plain(kind, message.crossed_column());
    case v1::Column::kWeightedCategoricalColumn:
      return Plain(kind, message.weighted_categorical_column());
    case v1::Column::kSequenceCategoricalColumnWithIdentity:
      return Sequence(kind,
                      message.sequence_categorical_column_with_identity());
    case v1::Column::kSequenceCategoricalColumnWithVocabularyList:
      return Sequence(
          kind, message.sequence_categorical_column_with_vocabulary_list());
    case v1::Column::kSequenceCategoricalColumnWithVocabularyFile: {
      const auto& file =
          message.sequence_categorical_column_with_vocabulary_file();
      if (file.has_file_format()) {
        return In(kind, Field("file_format", "the file's name decides"));
      }
      return Sequence(kind, file);
    }
    case v1::Column::kSequenceCategoricalColumnWithHashBucket:
      return Sequence(kind,
                      message.sequence_categorical_column_with_hash_bucket());
    case v1::Column::kNumericColumn:
    case v1::Column::kSequenceNumericColumn:
    case v1::Column::kIndicatorColumn:
    case v1::Column::kEmbeddingColumn:
    case v1::Column::kSharedEmbeddings:
    case v1::Column::kTpuEmbeddingColumn:
    case v1::Column::kTpuSharedEmbeddingColumns:
      return Field(kind, "a categorical column is needed");
    case v1::Column::COLUMN_NOT_SET:
      break;
  }
  return Field("column", "missing");
}

}  // namespace rowhouse::internal
