#include "client/internal/columns_from_proto.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "client/internal/spec_path.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "proto/wire/convert.h"

namespace rowhouse::internal {
namespace {

absl::StatusOr<InitializerSpec> Read(const v1::Initializer& message) {
  switch (message.initializer_case()) {
    case v1::Initializer::kConstant:
      return ConstantInitializer{message.constant().value()};
    case v1::Initializer::kUniform:
      return UniformInitializer{message.uniform().low(),
                                message.uniform().high()};
    case v1::Initializer::kNormal:
      return NormalInitializer{message.normal().mean(),
                               message.normal().stddev(),
                               message.normal().truncated()};
    case v1::Initializer::INITIALIZER_NOT_SET:
      break;
  }
  return Field("initializer", "neither constant, uniform nor normal");
}

// A combiner that is none stays one: as in TensorFlow the lookup refuses it.
template <typename Message>
Combiner CombinerOf(const Message& message) {
  if (!message.has_combiner() || message.combiner() == "mean") {
    return Combiner::kMean;
  }
  if (message.combiner() == "sum") return Combiner::kSum;
  return message.combiner() == "sqrtn" ? Combiner::kSqrtn : Combiner::kNone;
}

absl::StatusOr<TableOptions> Read(v1::TableSpec message) {
  if (message.dim() != 0) return Field("dim", "the column's dimension says it");
  if (message.rows() != 0) return Field("rows", "the column's buckets say it");
  if (message.initializer_case() != v1::TableSpec::INITIALIZER_NOT_SET) {
    return Field("initializer", "the column's initializer says it");
  }
  if (message.optimizer_case() == v1::TableSpec::OPTIMIZER_NOT_SET) {
    message.mutable_sgd()->set_learning_rate(SgdSpec{}.learning_rate);
  }
  const absl::StatusOr<TableSpec> spec = wire::FromProto(message);
  if (!spec.ok()) {
    // In a request this message is the field "spec".
    return absl::Status(spec.status().code(),
                        absl::StripPrefix(spec.status().message(), "spec."));
  }
  return TableOptions{.optimizer = spec->optimizer,
                      .update = spec->update,
                      .seed = spec->seed,
                      .nan_policy = spec->nan_policy,
                      .durability = spec->durability,
                      .placement = spec->placement};
}

// What every column with a table says.
template <typename Message, typename Column>
absl::Status ReadTable(const Message& message, Column& column) {
  column.dimension = message.dimension();
  column.combiner = CombinerOf(message);
  if (message.has_initializer()) {
    ROWHOUSE_ASSIGN_OR_RETURN(column.initializer, Read(message.initializer()));
  }
  if (message.has_use_safe_embedding_lookup()) {
    column.use_safe_embedding_lookup = message.use_safe_embedding_lookup();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(column.table, In("table", Read(message.table())));
  return absl::OkStatus();
}

// And what only those say that are not for a TPU.
template <typename Message, typename Column>
absl::Status ReadVariable(const Message& message, Column& column) {
  if (message.has_ckpt_to_load_from()) {
    column.ckpt_to_load_from = message.ckpt_to_load_from();
  }
  if (message.has_tensor_name_in_ckpt()) {
    column.tensor_name_in_ckpt = message.tensor_name_in_ckpt();
  }
  if (message.has_max_norm()) column.max_norm = message.max_norm();
  if (message.has_trainable()) column.trainable = message.trainable();
  return ReadTable(message, column);
}

// And those that are.
template <typename Message, typename Column>
absl::Status ReadTpuTable(const Message& message, Column& column) {
  if (!message.embedding_lookup_device().empty()) {
    column.embedding_lookup_device =
        ParseEmbeddingDevice(message.embedding_lookup_device());
    if (!column.embedding_lookup_device.has_value()) {
      return Field("embedding_lookup_device",
                   absl::StrCat("\"", message.embedding_lookup_device(),
                                "\" is no device"));
    }
  }
  column.tensor_core_shape.assign(message.tensor_core_shape().begin(),
                                  message.tensor_core_shape().end());
  return ReadTable(message, column);
}

template <typename Message>
absl::StatusOr<std::vector<CategoricalColumn>> ReadColumns(
    const Message& message) {
  std::vector<CategoricalColumn> columns;
  for (const v1::Column& column : message.categorical_columns()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        columns.emplace_back(),
        In(absl::StrCat("categorical_columns[", columns.size(), "]"),
           CategoricalFromProto(column)));
  }
  return columns;
}

template <typename Message>
absl::StatusOr<std::string> ReadCollectionName(const Message& message) {
  if (!message.table().name().empty()) {
    return Field("table.name", "shared_embedding_collection_name says it");
  }
  return message.shared_embedding_collection_name();
}

absl::StatusOr<EmbeddingColumn> Read(const v1::EmbeddingColumn& message) {
  EmbeddingColumn column;
  ROWHOUSE_ASSIGN_OR_RETURN(
      column.categorical_column,
      In("categorical_column",
         CategoricalFromProto(message.categorical_column())));
  ROWHOUSE_RETURN_IF_ERROR(ReadVariable(message, column));
  column.table_name = message.table().name();
  return column;
}

absl::StatusOr<SharedEmbeddings> Read(const v1::SharedEmbeddings& message) {
  SharedEmbeddings columns;
  ROWHOUSE_ASSIGN_OR_RETURN(columns.categorical_columns, ReadColumns(message));
  ROWHOUSE_RETURN_IF_ERROR(ReadVariable(message, columns));
  ROWHOUSE_ASSIGN_OR_RETURN(columns.shared_embedding_collection_name,
                            ReadCollectionName(message));
  return columns;
}

absl::StatusOr<TpuEmbeddingColumn> Read(const v1::TpuEmbeddingColumn& message) {
  TpuEmbeddingColumn column;
  ROWHOUSE_ASSIGN_OR_RETURN(
      column.categorical_column,
      In("categorical_column",
         CategoricalFromProto(message.categorical_column())));
  ROWHOUSE_RETURN_IF_ERROR(ReadTpuTable(message, column));
  column.max_sequence_length = message.max_sequence_length();
  column.table_name = message.table().name();
  return column;
}

absl::StatusOr<TpuSharedEmbeddingColumns> Read(
    const v1::TpuSharedEmbeddingColumns& message) {
  TpuSharedEmbeddingColumns columns;
  ROWHOUSE_ASSIGN_OR_RETURN(columns.categorical_columns, ReadColumns(message));
  ROWHOUSE_RETURN_IF_ERROR(ReadTpuTable(message, columns));
  columns.max_sequence_lengths.assign(message.max_sequence_lengths().begin(),
                                      message.max_sequence_lengths().end());
  ROWHOUSE_ASSIGN_OR_RETURN(columns.shared_embedding_collection_name,
                            ReadCollectionName(message));
  return columns;
}

absl::StatusOr<IndicatorColumn> Read(const v1::IndicatorColumn& message) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      CategoricalColumn column,
      In("categorical_column",
         CategoricalFromProto(message.categorical_column())));
  return IndicatorColumn{std::move(column)};
}

absl::StatusOr<PlanColumn> Read(const v1::Column& message) {
  const absl::string_view kind = KindOf(message);
  switch (message.column_case()) {
    case v1::Column::kNumericColumn:
      return In(kind, NumericFromProto(message.numeric_column()));
    case v1::Column::kSequenceNumericColumn:
      return In(kind,
                SequenceNumericFromProto(message.sequence_numeric_column()));
    case v1::Column::kIndicatorColumn:
      return In(kind, Read(message.indicator_column()));
    case v1::Column::kEmbeddingColumn:
      return In(kind, Read(message.embedding_column()));
    case v1::Column::kSharedEmbeddings:
      return In(kind, Read(message.shared_embeddings()));
    case v1::Column::kTpuEmbeddingColumn:
      return In(kind, Read(message.tpu_embedding_column()));
    case v1::Column::kTpuSharedEmbeddingColumns:
      return In(kind, Read(message.tpu_shared_embedding_columns()));
    default:
      return CategoricalFromProto(message);
  }
}

}  // namespace

absl::string_view KindOf(const v1::Column& message) {
  const auto* field = message.GetReflection()->GetOneofFieldDescriptor(
      message, message.GetDescriptor()->oneof_decl(0));
  if (field == nullptr) return "";
  return field->name();
}

absl::StatusOr<std::vector<PlanColumn>> ColumnsFromProto(
    const v1::FeatureSpec& spec) {
  std::vector<PlanColumn> columns;
  for (const v1::Column& column : spec.columns()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        columns.emplace_back(),
        In(absl::StrCat("columns[", columns.size(), "]"), Read(column)));
  }
  return columns;
}

}  // namespace rowhouse::internal
