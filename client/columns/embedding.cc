#include "client/columns/embedding.h"

#include <algorithm>
#include <cstddef>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/bags.h"
#include "rowhouse/initializers.h"

namespace rowhouse::internal {
namespace {

template <typename... Parts>
absl::Status Refuse(absl::string_view name, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("embedding \"", name, "\": ", parts...));
}

// "_" for every character that is none of [A-Za-z0-9_.-]: one for a character
// of several bytes of UTF-8, too.
std::string Sanitized(absl::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (continues) continue;
    const bool stays =
        absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
    out.push_back(stays ? c : '_');
  }
  return out;
}

std::string VariableName(const std::string& name, const PlanOptions& options) {
  switch (options.table_naming) {
    case TableNaming::kColumn:
      return name;
    case TableNaming::kLayer:
    case TableNaming::kInputLayer:
      return absl::StrCat(options.layer_name, "/", name, "/embedding_weights");
    case TableNaming::kLayerSanitized:
      return absl::StrCat(options.layer_name, "/", Sanitized(name),
                          "/embedding_weights");
  }
  return name;
}

std::string SharedVariableName(const std::string& collection,
                               const PlanOptions& options) {
  return options.table_naming == TableNaming::kInputLayer
             ? VariableName(collection, options)
             : collection;
}

// What EmbeddingColumn and SharedEmbeddings have alike, in TensorFlow's order
// of checks.
template <typename Column>
absl::Status CheckArguments(const Column& column, absl::string_view name) {
  if (column.dimension < 1 || column.dimension > kDimMax) {
    return Refuse(name, "dimension is ", column.dimension, ", expected 1 to ",
                  kDimMax);
  }
  if (column.ckpt_to_load_from.has_value() !=
      column.tensor_name_in_ckpt.has_value()) {
    return Refuse(name,
                  "ckpt_to_load_from and tensor_name_in_ckpt go together");
  }
  return absl::OkStatus();
}

template <typename Column>
absl::Status SetTable(const Column& column, const std::string& table_name,
                      CompiledEmbedding& compiled) {
  const auto dim = static_cast<std::uint32_t>(column.dimension);
  compiled.table = {
      .name = table_name,
      .dim = dim,
      .rows = compiled.outputs.front().categorical->num_buckets(),
      .seed = column.table.seed,
      .initializer = column.initializer.value_or(DefaultInitializer(dim)),
      .optimizer = column.table.optimizer,
      .update = column.table.update,
      .nan_policy = column.table.nan_policy,
      .durability = column.table.durability,
      .placement = column.table.placement};
  if (column.ckpt_to_load_from.has_value()) {
    compiled.initial_values.emplace(*column.ckpt_to_load_from,
                                    *column.tensor_name_in_ckpt);
  }
  return Validate(compiled.table);
}

template <typename Column>
EmbeddingOutput OutputOf(const Column& column,
                         const CategoricalColumn& categorical,
                         std::unique_ptr<CategoricalTransform> transform,
                         absl::string_view suffix, bool trainable) {
  std::string name = absl::StrCat(transform->name(), suffix);
  return {.name = std::move(name),
          .categorical = std::move(transform),
          .is_sequence = IsSequence(categorical),
          .combiner = column.combiner,
          .max_norm = column.max_norm,
          .trainable = column.trainable && trainable,
          .safe = column.use_safe_embedding_lookup,
          .usable = absl::OkStatus()};
}

// Which kind of column it is under weights and sequences.
std::size_t KindOf(const CategoricalColumn& column) {
  if (const auto* weighted = std::get_if<WeightedCategoricalColumn>(&column)) {
    return KindOf(*weighted->categorical_column.get());
  }
  if (const auto* sequence = std::get_if<SequenceCategoricalColumn>(&column)) {
    return std::visit(
        [](const auto& inner) { return CategoricalColumn(inner).index(); },
        sequence->categorical_column);
  }
  return column.index();
}

// The columns in the order of their names, which also gives the default name
// of their table.
std::vector<std::size_t> OrderByName(
    const std::vector<EmbeddingOutput>& outputs) {
  std::vector<std::size_t> order(outputs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(
      order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return outputs[a].categorical->name() < outputs[b].categorical->name();
      });
  return order;
}

absl::Status CheckShared(const SharedEmbeddings& columns,
                         const std::vector<EmbeddingOutput>& outputs,
                         const std::vector<std::size_t>& order,
                         SharedKinds kinds) {
  const CategoricalTransform& first = *outputs[order.front()].categorical;
  const std::size_t kind = KindOf(columns.categorical_columns[order.front()]);
  for (const std::size_t i : order) {
    const CategoricalTransform& other = *outputs[i].categorical;
    if (kinds == SharedKinds::kOne &&
        KindOf(columns.categorical_columns[i]) != kind) {
      return absl::InvalidArgumentError(
          absl::StrCat("shared embeddings: \"", other.name(), "\" and \"",
                       first.name(), "\" are columns of different kinds"));
    }
    if (other.num_buckets() != first.num_buckets()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "shared embeddings: \"", other.name(), "\" has ", other.num_buckets(),
          " buckets, \"", first.name(), "\" has ", first.num_buckets()));
    }
  }
  return absl::OkStatus();
}

std::string CollectionName(const SharedEmbeddings& columns,
                           const std::vector<EmbeddingOutput>& outputs,
                           const std::vector<std::size_t>& order) {
  if (!columns.shared_embedding_collection_name.empty()) {
    return columns.shared_embedding_collection_name;
  }
  const std::string names =
      absl::StrJoin(order, "_", [&](std::string* out, std::size_t i) {
        out->append(outputs[i].categorical->name());
      });
  return absl::StrCat(names, "_shared_embedding");
}

}  // namespace

absl::StatusOr<CompiledEmbedding> Compile(const EmbeddingColumn& column,
                                          const PlanOptions& options) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto categorical,
                            Compile(column.categorical_column));
  CompiledEmbedding compiled;
  compiled.outputs.push_back(OutputOf(column, column.categorical_column,
                                      std::move(categorical), "_embedding",
                                      options.trainable));
  const std::string& name = compiled.outputs.front().name;
  ROWHOUSE_RETURN_IF_ERROR(CheckArguments(column, name));
  ROWHOUSE_RETURN_IF_ERROR(SetTable(column,
                                    column.table_name.empty()
                                        ? VariableName(name, options)
                                        : column.table_name,
                                    compiled));
  return compiled;
}

absl::StatusOr<CompiledEmbedding> Compile(const SharedEmbeddings& columns,
                                          const PlanOptions& options) {
  return CompileShared(columns, options, SharedKinds::kOne);
}

absl::StatusOr<CompiledEmbedding> CompileShared(const SharedEmbeddings& columns,
                                                const PlanOptions& options,
                                                SharedKinds kinds) {
  if (columns.categorical_columns.empty()) {
    return absl::InvalidArgumentError("shared embeddings: no columns");
  }
  CompiledEmbedding compiled;
  for (const CategoricalColumn& column : columns.categorical_columns) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto categorical, Compile(column));
    compiled.outputs.push_back(OutputOf(columns, column, std::move(categorical),
                                        "_shared_embedding",
                                        options.trainable));
  }
  const std::vector<std::size_t> order = OrderByName(compiled.outputs);
  const std::string collection =
      CollectionName(columns, compiled.outputs, order);
  ROWHOUSE_RETURN_IF_ERROR(CheckArguments(columns, collection));
  ROWHOUSE_RETURN_IF_ERROR(
      CheckShared(columns, compiled.outputs, order, kinds));
  ROWHOUSE_RETURN_IF_ERROR(
      SetTable(columns, SharedVariableName(collection, options), compiled));
  return compiled;
}

absl::StatusOr<ResolvedEmbedding> Resolve(const EmbeddingOutput& output,
                                          const TableSpec& table,
                                          const Features& features) {
  ROWHOUSE_RETURN_IF_ERROR(output.usable);
  ROWHOUSE_ASSIGN_OR_RETURN(const SparseIds ids,
                            output.categorical->Transform(features));
  RowsOfIds rows{.ids = ids.values, .row_splits = ids.row_splits};
  if (ids.weights.has_value()) {
    if (ids.weights->dtype != DType::kFloat32) {
      return Refuse(output.name, "weights of type ",
                    DTypeName(ids.weights->dtype), ", rows are float32");
    }
    rows.weights = ids.weights->values;
  }
  const BagRules rules{.name = output.name,
                       .combiner = output.combiner,
                       .safe = output.safe || ids.dense_shape.size() > 2,
                       .rows = table.rows};
  if (!rules.safe && ids.weights.has_value() &&
      ids.weights->dense_shape.size() != ids.dense_shape.size()) {
    return Refuse(output.name, "weights of rank ",
                  ids.weights->dense_shape.size(), ", ids of rank ",
                  ids.dense_shape.size());
  }
  ResolvedEmbedding out;
  out.ids.table = table.name;
  out.ids.dim = table.dim;
  out.ids.max_norm = output.max_norm;
  out.ids.trainable = output.trainable;
  ROWHOUSE_RETURN_IF_ERROR(FillBags(rules, rows, out.ids));
  out.shape.assign(ids.dense_shape.begin(), ids.dense_shape.end() - 1);
  if (!rules.safe) {
    out.shape = {static_cast<std::int64_t>(out.ids.batch.bags())};
  }
  if (output.is_sequence) out.sequence_lengths = SequenceLengths(ids);
  return out;
}

}  // namespace rowhouse::internal
