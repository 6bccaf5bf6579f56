#include "client/columns/embedding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

// What EmbeddingColumn and SharedEmbeddings have alike.
template <typename Column>
absl::StatusOr<TableSpec> TableOf(const Column& column, std::string name,
                                  std::uint64_t rows) {
  const auto refuse = [&](const auto&... parts) {
    return absl::InvalidArgumentError(
        absl::StrCat("embedding \"", name, "\": ", parts...));
  };
  if (column.dimension < 1 || column.dimension > kDimMax) {
    return refuse("dimension is ", column.dimension, ", expected 1 to ",
                  kDimMax);
  }
  if (column.combiner == Combiner::kNone) {
    return refuse("a column needs a combiner: sum, mean or sqrtn");
  }
  const NormalInitializer by_default{
      .mean = 0.0f,
      .stddev = 1.0f / std::sqrt(static_cast<float>(column.dimension)),
      .truncated = true};
  TableSpec spec{.name = std::move(name),
                 .dim = static_cast<std::uint32_t>(column.dimension),
                 .rows = rows,
                 .seed = column.table.seed,
                 .initializer = column.initializer.value_or(by_default),
                 .optimizer = column.table.optimizer,
                 .nan_policy = column.table.nan_policy,
                 .durability = column.table.durability,
                 .placement = column.table.placement};
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  return spec;
}

// The sorted names of the columns; also TensorFlow's default for their table.
std::string JoinedNames(const std::vector<EmbeddingOutput>& outputs) {
  std::vector<std::string> names;
  for (const EmbeddingOutput& output : outputs) {
    names.push_back(output.categorical->name());
  }
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, "_");
}

absl::Status CheckShared(const SharedEmbeddings& columns,
                         const std::vector<EmbeddingOutput>& outputs) {
  const CategoricalTransform& first = *outputs.front().categorical;
  for (std::size_t i = 1; i < outputs.size(); ++i) {
    const CategoricalTransform& other = *outputs[i].categorical;
    if (columns.categorical_columns[i].index() !=
        columns.categorical_columns.front().index()) {
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

// Keeps the ids >= 0 of one row.
absl::Status AppendRow(const SparseIds& ids, std::size_t row,
                       const CategoricalTransform& column,
                       std::vector<Id>& out) {
  for (std::size_t i = ids.row_splits[row]; i < ids.row_splits[row + 1]; ++i) {
    if (ids.values[i] < 0) continue;
    const auto id = static_cast<Id>(ids.values[i]);
    if (id >= column.num_buckets()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "column \"", column.name(), "\": id ", id, " in row ", row,
          " is not below num_buckets ", column.num_buckets()));
    }
    out.push_back(id);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CompiledEmbedding> Compile(const EmbeddingColumn& column) {
  CompiledEmbedding compiled{.combiner = column.combiner};
  ROWHOUSE_ASSIGN_OR_RETURN(auto categorical,
                            Compile(column.categorical_column));
  const std::string name = absl::StrCat(categorical->name(), "_embedding");
  ROWHOUSE_ASSIGN_OR_RETURN(
      compiled.table,
      TableOf(column, column.table_name.empty() ? name : column.table_name,
              categorical->num_buckets()));
  compiled.outputs.push_back({name, std::move(categorical)});
  return compiled;
}

absl::StatusOr<CompiledEmbedding> Compile(const SharedEmbeddings& columns) {
  if (columns.categorical_columns.empty()) {
    return absl::InvalidArgumentError("shared embeddings: no columns");
  }
  CompiledEmbedding compiled{.combiner = columns.combiner};
  for (const CategoricalColumn& column : columns.categorical_columns) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto categorical, Compile(column));
    std::string name = absl::StrCat(categorical->name(), "_shared_embedding");
    compiled.outputs.push_back({std::move(name), std::move(categorical)});
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckShared(columns, compiled.outputs));
  std::string table = columns.shared_embedding_collection_name;
  if (table.empty()) {
    table = absl::StrCat(JoinedNames(compiled.outputs), "_shared_embedding");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      compiled.table,
      TableOf(columns, std::move(table),
              compiled.outputs.front().categorical->num_buckets()));
  return compiled;
}

absl::StatusOr<FeatureIds> Resolve(const EmbeddingOutput& output,
                                   Combiner combiner, const TableSpec& table,
                                   const Features& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(const SparseIds ids,
                            output.categorical->Transform(features));
  if (ids.values.size() >= std::numeric_limits<std::uint32_t>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", output.categorical->name(),
                     "\": ", ids.values.size(), " ids in one batch"));
  }
  FeatureIds out{.table = table.name, .dim = table.dim, .combiner = combiner};
  const std::size_t rows = ids.row_splits.size() - 1;
  bool one_each = true;
  out.batch.ids.reserve(ids.values.size());
  out.batch.row_splits.reserve(rows + 1);
  out.batch.row_splits.push_back(0);
  for (std::size_t row = 0; row < rows; ++row) {
    ROWHOUSE_RETURN_IF_ERROR(
        AppendRow(ids, row, *output.categorical, out.batch.ids));
    const auto end = static_cast<std::uint32_t>(out.batch.ids.size());
    one_each = one_each && end == row + 1;
    out.batch.row_splits.push_back(end);
  }
  if (one_each && rows > 0) out.batch.row_splits.clear();
  return out;
}

}  // namespace rowhouse::internal
