// Categorical columns and columns of numbers, as messages.
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "base/status_macros.h"
#include "client/internal/columns_from_proto.h"
#include "client/internal/columns_to_proto.h"
#include "client/internal/spec_path.h"
#include "proto/wire/utf8.h"

namespace rowhouse::internal {
namespace {

absl::Status Write(const CategoricalColumnWithIdentity& column,
                   v1::CategoricalColumnWithIdentity& out) {
  out.set_key(column.key);
  out.set_num_buckets(column.num_buckets);
  if (column.default_value.has_value()) {
    out.set_default_value(*column.default_value);
  }
  return absl::OkStatus();
}

void Write(const VocabularyList& list, v1::VocabularyList& out) {
  if (const auto* integers =
          std::get_if<std::vector<std::int64_t>>(&list.tokens())) {
    out.mutable_integers()->Add(integers->begin(), integers->end());
    return;
  }
  const auto& strings = std::get<std::vector<std::string>>(list.tokens());
  const bool readable = absl::c_all_of(strings, [](const std::string& text) {
    return wire::ValidUtf8Prefix(text) == text.size();
  });
  for (const std::string& text : strings) {
    *(readable ? out.add_strings() : out.add_byte_strings()) = text;
  }
}

absl::Status Write(const CategoricalColumnWithVocabularyList& column,
                   v1::CategoricalColumnWithVocabularyList& out) {
  out.set_key(column.key);
  Write(column.vocabulary_list, *out.mutable_vocabulary_list());
  if (column.dtype.has_value()) {
    out.set_dtype(std::string(DTypeName(*column.dtype)));
  }
  if (column.default_value != -1) out.set_default_value(column.default_value);
  out.set_num_oov_buckets(column.num_oov_buckets);
  return absl::OkStatus();
}

absl::Status Write(const CategoricalColumnWithVocabularyFile& column,
                   v1::CategoricalColumnWithVocabularyFile& out) {
  out.set_key(column.key);
  out.set_vocabulary_file(column.vocabulary_file);
  if (column.vocabulary_size.has_value()) {
    out.set_vocabulary_size(*column.vocabulary_size);
  }
  if (column.dtype != DType::kString) {
    out.set_dtype(std::string(DTypeName(column.dtype)));
  }
  if (column.default_value.has_value()) {
    out.set_default_value(*column.default_value);
  }
  out.set_num_oov_buckets(column.num_oov_buckets);
  if (column.file_format.has_value()) out.set_file_format(*column.file_format);
  return absl::OkStatus();
}

absl::Status Write(const CategoricalColumnWithHashBucket& column,
                   v1::CategoricalColumnWithHashBucket& out) {
  out.set_key(column.key);
  out.set_hash_bucket_size(column.hash_bucket_size);
  if (column.dtype != DType::kString) {
    out.set_dtype(std::string(DTypeName(column.dtype)));
  }
  return absl::OkStatus();
}

absl::Status Write(const BucketizedColumn& column, v1::BucketizedColumn& out) {
  ROWHOUSE_RETURN_IF_ERROR(In(
      "source_column",
      NumericToProto(column.source_column,
                     *out.mutable_source_column()->mutable_numeric_column())));
  out.mutable_boundaries()->Add(column.boundaries.begin(),
                                column.boundaries.end());
  return absl::OkStatus();
}

absl::Status Write(const CrossedColumn& column, v1::CrossedColumn& out) {
  for (const CrossedKey& key : column.keys) {
    v1::CrossedKey& message = *out.add_keys();
    if (const auto* feature = std::get_if<std::string>(&key)) {
      message.set_feature(*feature);
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(
        In("keys", CategoricalToProto(std::get<CategoricalColumn>(key),
                                      *message.mutable_column())));
  }
  out.set_hash_bucket_size(column.hash_bucket_size);
  if (column.hash_key != 0) out.set_hash_key(column.hash_key);
  return absl::OkStatus();
}

absl::Status Write(const WeightedCategoricalColumn& column,
                   v1::WeightedCategoricalColumn& out) {
  if (column.categorical_column.get() == nullptr) {
    return Field("categorical_column", "missing");
  }
  ROWHOUSE_RETURN_IF_ERROR(
      In("categorical_column",
         CategoricalToProto(*column.categorical_column.get(),
                            *out.mutable_categorical_column())));
  out.set_weight_feature_key(column.weight_feature_key);
  if (column.dtype != DType::kFloat32) {
    out.set_dtype(std::string(DTypeName(column.dtype)));
  }
  return absl::OkStatus();
}

// Where a column goes, as itself and over time.
v1::CategoricalColumnWithIdentity& Place(const CategoricalColumnWithIdentity&,
                                         bool sequence, v1::Column& out) {
  return sequence ? *out.mutable_sequence_categorical_column_with_identity()
                  : *out.mutable_categorical_column_with_identity();
}
v1::CategoricalColumnWithVocabularyList& Place(
    const CategoricalColumnWithVocabularyList&, bool sequence,
    v1::Column& out) {
  return sequence
             ? *out.mutable_sequence_categorical_column_with_vocabulary_list()
             : *out.mutable_categorical_column_with_vocabulary_list();
}
v1::CategoricalColumnWithVocabularyFile& Place(
    const CategoricalColumnWithVocabularyFile&, bool sequence,
    v1::Column& out) {
  return sequence
             ? *out.mutable_sequence_categorical_column_with_vocabulary_file()
             : *out.mutable_categorical_column_with_vocabulary_file();
}
v1::CategoricalColumnWithHashBucket& Place(
    const CategoricalColumnWithHashBucket&, bool sequence, v1::Column& out) {
  return sequence ? *out.mutable_sequence_categorical_column_with_hash_bucket()
                  : *out.mutable_categorical_column_with_hash_bucket();
}
v1::BucketizedColumn& Place(const BucketizedColumn&, bool, v1::Column& out) {
  return *out.mutable_bucketized_column();
}
v1::CrossedColumn& Place(const CrossedColumn&, bool, v1::Column& out) {
  return *out.mutable_crossed_column();
}
v1::WeightedCategoricalColumn& Place(const WeightedCategoricalColumn&, bool,
                                     v1::Column& out) {
  return *out.mutable_weighted_categorical_column();
}

}  // namespace

absl::Status CategoricalToProto(const CategoricalColumn& column,
                                v1::Column& out) {
  const auto write = [&](const auto& kind, bool sequence) {
    const absl::Status written = Write(kind, Place(kind, sequence, out));
    return In(KindOf(out), written);
  };
  return std::visit(
      [&](const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<Kind, SequenceCategoricalColumn>) {
          return std::visit(
              [&](const auto& inner) { return write(inner, true); },
              kind.categorical_column);
        } else {
          return write(kind, false);
        }
      },
      column);
}

}  // namespace rowhouse::internal
