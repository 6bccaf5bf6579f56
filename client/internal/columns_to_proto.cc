#include "client/internal/columns_to_proto.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/internal/columns_from_proto.h"
#include "client/internal/spec_path.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "proto/wire/convert.h"
#include "proto/wire/utf8.h"

namespace rowhouse::internal {
namespace {

void Write(const InitializerSpec& spec, v1::Initializer& out) {
  if (const auto* constant = std::get_if<ConstantInitializer>(&spec)) {
    out.mutable_constant()->set_value(constant->value);
  } else if (const auto* uniform = std::get_if<UniformInitializer>(&spec)) {
    out.mutable_uniform()->set_low(uniform->low);
    out.mutable_uniform()->set_high(uniform->high);
  } else {
    const auto& normal = std::get<NormalInitializer>(spec);
    out.mutable_normal()->set_mean(normal.mean);
    out.mutable_normal()->set_stddev(normal.stddev);
    out.mutable_normal()->set_truncated(normal.truncated);
  }
}

absl::string_view CombinerName(Combiner combiner) {
  switch (combiner) {
    case Combiner::kSum:
      return "sum";
    case Combiner::kMean:
      return "mean";
    case Combiner::kSqrtn:
      return "sqrtn";
    case Combiner::kNone:
      break;
  }
  return "none";
}

v1::TableSpec ToProto(const TableOptions& table) {
  TableSpec spec;
  spec.optimizer = table.optimizer;
  spec.seed = table.seed;
  spec.nan_policy = table.nan_policy;
  spec.durability = table.durability;
  spec.placement = table.placement;
  spec.update = table.update;
  v1::TableSpec out = wire::ToProto(spec);
  out.clear_initializer();
  return out;
}

template <typename Column, typename Message>
void WriteTable(const Column& column, Message& out) {
  out.set_dimension(column.dimension);
  if (column.combiner != Combiner::kMean) {
    out.set_combiner(std::string(CombinerName(column.combiner)));
  }
  if (column.initializer.has_value()) {
    Write(*column.initializer, *out.mutable_initializer());
  }
  if (!column.use_safe_embedding_lookup) {
    out.set_use_safe_embedding_lookup(false);
  }
  *out.mutable_table() = ToProto(column.table);
}

// And what only columns say that are not for a TPU.
template <typename Column, typename Message>
void WriteVariable(const Column& column, Message& out) {
  WriteTable(column, out);
  if (column.ckpt_to_load_from.has_value()) {
    out.set_ckpt_to_load_from(*column.ckpt_to_load_from);
  }
  if (column.tensor_name_in_ckpt.has_value()) {
    out.set_tensor_name_in_ckpt(*column.tensor_name_in_ckpt);
  }
  if (column.max_norm.has_value()) out.set_max_norm(*column.max_norm);
  if (!column.trainable) out.set_trainable(false);
}

// And those that are.
template <typename Column, typename Message>
absl::Status WriteTpuTable(const Column& column, Message& out) {
  if (column.learning_rate_fn) {
    return Field("learning_rate_fn", "a function cannot be said as data");
  }
  WriteTable(column, out);
  if (column.embedding_lookup_device.has_value()) {
    out.set_embedding_lookup_device(
        std::string(EmbeddingDeviceName(*column.embedding_lookup_device)));
  }
  out.mutable_tensor_core_shape()->Add(column.tensor_core_shape.begin(),
                                       column.tensor_core_shape.end());
  return absl::OkStatus();
}

template <typename Columns, typename Message>
absl::Status WriteColumns(const Columns& columns, Message& out) {
  for (const CategoricalColumn& column : columns.categorical_columns) {
    const std::size_t at = out.categorical_columns_size();
    ROWHOUSE_RETURN_IF_ERROR(
        In(absl::StrCat("categorical_columns[", at, "]"),
           CategoricalToProto(column, *out.add_categorical_columns())));
  }
  if (!columns.shared_embedding_collection_name.empty()) {
    out.set_shared_embedding_collection_name(
        columns.shared_embedding_collection_name);
  }
  return absl::OkStatus();
}

absl::Status Write(const NumericColumn& column, v1::Column& out) {
  return NumericToProto(column, *out.mutable_numeric_column());
}

absl::Status Write(const SequenceNumericColumn& column, v1::Column& out) {
  return SequenceNumericToProto(column, *out.mutable_sequence_numeric_column());
}

absl::Status Write(const IndicatorColumn& column, v1::Column& out) {
  return In("categorical_column",
            CategoricalToProto(
                column.categorical_column,
                *out.mutable_indicator_column()->mutable_categorical_column()));
}

absl::Status Write(const EmbeddingColumn& column, v1::Column& out) {
  v1::EmbeddingColumn& message = *out.mutable_embedding_column();
  ROWHOUSE_RETURN_IF_ERROR(
      In("categorical_column",
         CategoricalToProto(column.categorical_column,
                            *message.mutable_categorical_column())));
  WriteVariable(column, message);
  message.mutable_table()->set_name(column.table_name);
  return absl::OkStatus();
}

absl::Status Write(const SharedEmbeddings& columns, v1::Column& out) {
  v1::SharedEmbeddings& message = *out.mutable_shared_embeddings();
  WriteVariable(columns, message);
  return WriteColumns(columns, message);
}

absl::Status Write(const TpuEmbeddingColumn& column, v1::Column& out) {
  v1::TpuEmbeddingColumn& message = *out.mutable_tpu_embedding_column();
  ROWHOUSE_RETURN_IF_ERROR(
      In("categorical_column",
         CategoricalToProto(column.categorical_column,
                            *message.mutable_categorical_column())));
  ROWHOUSE_RETURN_IF_ERROR(WriteTpuTable(column, message));
  message.set_max_sequence_length(column.max_sequence_length);
  message.mutable_table()->set_name(column.table_name);
  return absl::OkStatus();
}

absl::Status Write(const TpuSharedEmbeddingColumns& columns, v1::Column& out) {
  v1::TpuSharedEmbeddingColumns& message =
      *out.mutable_tpu_shared_embedding_columns();
  ROWHOUSE_RETURN_IF_ERROR(WriteTpuTable(columns, message));
  message.mutable_max_sequence_lengths()->Add(
      columns.max_sequence_lengths.begin(), columns.max_sequence_lengths.end());
  return WriteColumns(columns, message);
}

absl::Status Write(const PlanColumn& column, v1::Column& out) {
  return std::visit(
      [&](const auto& kind) -> absl::Status {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<Kind, CategoricalColumn>) {
          return CategoricalToProto(kind, out);
        } else {
          const absl::Status written = Write(kind, out);
          return In(KindOf(out), written);
        }
      },
      column);
}

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status CheckUtf8(const Message& message);

// One value of a field: a string, or the strings inside a message.
absl::Status CheckUtf8(const Message& message, const FieldDescriptor& field,
                       int index) {
  const auto& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return In(
        field.name(),
        CheckUtf8(field.is_repeated()
                      ? reflection.GetRepeatedMessage(message, &field, index)
                      : reflection.GetMessage(message, &field)));
  }
  if (field.type() != FieldDescriptor::TYPE_STRING) return absl::OkStatus();
  std::string scratch;
  const std::string& text =
      field.is_repeated()
          ? reflection.GetRepeatedStringReference(message, &field, index,
                                                  &scratch)
          : reflection.GetStringReference(message, &field, &scratch);
  if (wire::ValidUtf8Prefix(text) == text.size()) return absl::OkStatus();
  return Field(field.name(), "not UTF-8");
}

// Protobuf itself would only log it.
absl::Status CheckUtf8(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated()
                          ? message.GetReflection()->FieldSize(message, field)
                          : 1;
    for (int i = 0; i < count; ++i) {
      ROWHOUSE_RETURN_IF_ERROR(CheckUtf8(message, *field, i));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::FeatureSpec> ColumnsToProto(
    absl::Span<const PlanColumn> columns) {
  v1::FeatureSpec spec;
  for (const PlanColumn& column : columns) {
    const std::string place =
        absl::StrCat("columns[", spec.columns_size(), "]");
    v1::Column& message = *spec.add_columns();
    ROWHOUSE_RETURN_IF_ERROR(In(place, Write(column, message)));
    ROWHOUSE_RETURN_IF_ERROR(In(place, CheckUtf8(message)));
  }
  return spec;
}

}  // namespace rowhouse::internal
