#include "client/columns/tpu_columns.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"

namespace rowhouse {

std::optional<EmbeddingDevice> ParseEmbeddingDevice(absl::string_view name) {
  for (const EmbeddingDevice device :
       {EmbeddingDevice::kCpu, EmbeddingDevice::kTpuTensorCore,
        EmbeddingDevice::kTpuEmbeddingCore}) {
    if (name == EmbeddingDeviceName(device)) return device;
  }
  return std::nullopt;
}

absl::string_view EmbeddingDeviceName(EmbeddingDevice device) {
  switch (device) {
    case EmbeddingDevice::kCpu:
      return "cpu";
    case EmbeddingDevice::kTpuTensorCore:
      return "tpu_tensor_core";
    case EmbeddingDevice::kTpuEmbeddingCore:
      return "tpu_embedding_core";
  }
  return "";
}

namespace internal {
namespace {

template <typename... Parts>
absl::Status Refuse(const CategoricalColumn& column, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("TPU column \"", ColumnName(column), "\": ", parts...));
}

absl::Status CheckSequence(const CategoricalColumn& column,
                           std::int64_t max_sequence_length) {
  if (IsSequence(column) && max_sequence_length < 1) {
    return Refuse(column, "max_sequence_length is ", max_sequence_length,
                  ", a sequence needs 1 or more");
  }
  if (!IsSequence(column) && max_sequence_length != 0) {
    return Refuse(column, "max_sequence_length is ", max_sequence_length,
                  ", but the column is no sequence");
  }
  return absl::OkStatus();
}

// Of either kind of columns, for one of the categorical columns.
template <typename Column>
absl::Status CheckDevice(const Column& column,
                         const CategoricalColumn& categorical) {
  const std::size_t sizes = column.tensor_core_shape.size();
  if (sizes != 0 && sizes != 2) {
    return Refuse(categorical, "tensor_core_shape has ", sizes,
                  " sizes, expected 2");
  }
  if (column.embedding_lookup_device != EmbeddingDevice::kTpuTensorCore) {
    return absl::OkStatus();
  }
  if (sizes == 0) {
    return Refuse(categorical, "tpu_tensor_core needs a tensor_core_shape");
  }
  if (IsSequence(categorical)) {
    return Refuse(categorical, "tpu_tensor_core takes no sequences");
  }
  return absl::OkStatus();
}

// What both kinds have alike beside an ordinary column.
template <typename Column>
void Finish(const Column& column, CompiledEmbedding& compiled) {
  compiled.learning_rate_fn = column.learning_rate_fn;
  if (column.embedding_lookup_device != EmbeddingDevice::kCpu) return;
  for (EmbeddingOutput& output : compiled.outputs) {
    output.usable = absl::InvalidArgumentError(
        absl::StrCat("embedding \"", output.name,
                     "\": embedding_lookup_device cpu is for inference only"));
  }
}

// A weighted column's ids and weights come under keys of their own.
void SetKeys(const CategoricalColumn& column, TpuColumnDescription& out) {
  const auto* weighted = std::get_if<WeightedCategoricalColumn>(&column);
  if (weighted != nullptr) out.weight_key = weighted->weight_feature_key;
  out.feature_key = ColumnName(
      weighted == nullptr ? column : *weighted->categorical_column.get());
  out.sequence_length_key = absl::StrCat(out.feature_key, "_seq_length_");
}

TpuColumnDescription Describe(const CompiledEmbedding& compiled,
                              std::size_t output,
                              const CategoricalColumn& categorical,
                              std::int64_t max_sequence_length) {
  TpuColumnDescription out;
  out.name = compiled.outputs[output].name;
  SetKeys(categorical, out);
  out.vocabulary_size = compiled.table.rows;
  out.dimension = compiled.table.dim;
  out.combiner = compiled.outputs[output].combiner;
  out.is_sequence = compiled.outputs[output].is_sequence;
  out.max_sequence_length = max_sequence_length;
  out.learning_rate_fn = compiled.learning_rate_fn;
  return out;
}

std::int64_t MaxSequenceLength(const TpuSharedEmbeddingColumns& columns,
                               std::size_t column) {
  return columns.max_sequence_lengths.empty()
             ? 0
             : columns.max_sequence_lengths[column];
}

}  // namespace

absl::StatusOr<CompiledEmbedding> Compile(const TpuEmbeddingColumn& column,
                                          const PlanOptions& options) {
  // First: it makes sure that the column has a name.
  ROWHOUSE_ASSIGN_OR_RETURN(
      CompiledEmbedding compiled,
      Compile(EmbeddingColumn{.categorical_column = column.categorical_column,
                              .dimension = column.dimension,
                              .combiner = column.combiner,
                              .initializer = column.initializer,
                              .use_safe_embedding_lookup =
                                  column.use_safe_embedding_lookup,
                              .table_name = column.table_name,
                              .table = column.table},
              options));
  ROWHOUSE_RETURN_IF_ERROR(CheckDevice(column, column.categorical_column));
  ROWHOUSE_RETURN_IF_ERROR(
      CheckSequence(column.categorical_column, column.max_sequence_length));
  Finish(column, compiled);
  return compiled;
}

absl::StatusOr<CompiledEmbedding> Compile(
    const TpuSharedEmbeddingColumns& columns, const PlanOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      CompiledEmbedding compiled,
      CompileShared(
          SharedEmbeddings{
              .categorical_columns = columns.categorical_columns,
              .dimension = columns.dimension,
              .combiner = columns.combiner,
              .initializer = columns.initializer,
              .shared_embedding_collection_name =
                  columns.shared_embedding_collection_name,
              .use_safe_embedding_lookup = columns.use_safe_embedding_lookup,
              .table = columns.table},
          options, SharedKinds::kAny));
  const std::size_t count = columns.categorical_columns.size();
  const std::size_t lengths = columns.max_sequence_lengths.size();
  if (lengths != 0 && lengths != count) {
    return absl::InvalidArgumentError(
        absl::StrCat("shared TPU embeddings: ", lengths,
                     " max_sequence_lengths for ", count, " columns"));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const CategoricalColumn& categorical = columns.categorical_columns[i];
    ROWHOUSE_RETURN_IF_ERROR(CheckDevice(columns, categorical));
    ROWHOUSE_RETURN_IF_ERROR(
        CheckSequence(categorical, MaxSequenceLength(columns, i)));
  }
  Finish(columns, compiled);
  if (options.table_naming == TableNaming::kInputLayer) {
    for (EmbeddingOutput& output : compiled.outputs) {
      output.usable = absl::InvalidArgumentError(
          absl::StrCat("embedding \"", output.name,
                       "\": input_layer takes no shared TPU columns"));
    }
  }
  return compiled;
}

}  // namespace internal

absl::StatusOr<TpuColumnDescription> DescribeTpuColumn(
    const TpuEmbeddingColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled, internal::Compile(column));
  TpuColumnDescription out = internal::Describe(
      compiled, 0, column.categorical_column, column.max_sequence_length);
  out.table_name = ColumnName(column.categorical_column);
  return out;
}

absl::StatusOr<std::vector<TpuColumnDescription>> DescribeTpuColumns(
    const TpuSharedEmbeddingColumns& columns) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled, internal::Compile(columns));
  std::vector<TpuColumnDescription> out;
  for (std::size_t i = 0; i < columns.categorical_columns.size(); ++i) {
    out.push_back(internal::Describe(compiled, i,
                                     columns.categorical_columns[i],
                                     internal::MaxSequenceLength(columns, i)));
    out.back().table_name = compiled.table.name;  // as TableNaming::kColumn
  }
  return out;
}

}  // namespace rowhouse
