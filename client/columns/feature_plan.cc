#include "rowhouse/feature_plan.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/dense.h"
#include "client/columns/embedding.h"

namespace rowhouse {

struct FeaturePlan::Compiled {
  struct Output {
    internal::EmbeddingOutput column;
    Combiner combiner;
    std::size_t table;  // index into tables
  };
  std::vector<TableSpec> tables;
  std::vector<InitialValues> initial_values;
  std::vector<Output> outputs;
  std::vector<std::string> output_names;
  std::vector<std::unique_ptr<internal::DenseTransform>> numerics;
  std::vector<std::size_t> numeric_widths;
  std::vector<std::string> numeric_names;
  std::size_t numeric_width = 0;

  absl::Status Add(const CategoricalColumn& column);
  absl::Status Add(const NumericColumn& column);
  absl::Status Add(const IndicatorColumn& column);
  absl::Status Add(const SequenceNumericColumn& column);
  absl::Status Add(internal::CompiledEmbedding embedding);
  template <typename Embedding>
  absl::Status Add(const Embedding& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto compiled, internal::Compile(column));
    return Add(std::move(compiled));
  }
};

namespace {

absl::Status BatchSizesDiffer(const std::string& first, std::int64_t first_rows,
                              const std::string& other,
                              std::int64_t other_rows) {
  return absl::InvalidArgumentError(
      absl::StrCat("batch sizes differ: ", first_rows, " rows in \"", first,
                   "\", ", other_rows, " in \"", other, "\""));
}

}  // namespace

absl::Status FeaturePlan::Compiled::Add(const CategoricalColumn& column) {
  return absl::InvalidArgumentError(absl::StrCat(
      "column \"", ColumnName(column),
      "\" is categorical: wrap it with an embedding or indicator column"));
}

absl::Status FeaturePlan::Compiled::Add(const IndicatorColumn& column) {
  return absl::UnimplementedError(
      absl::StrCat("column \"", ColumnName(column.categorical_column),
                   "_indicator\": no indicators in a plan yet"));
}

absl::Status FeaturePlan::Compiled::Add(const SequenceNumericColumn& column) {
  return absl::InvalidArgumentError(absl::StrCat(
      "column \"", column.key, "\" is a sequence: SequenceFeatures takes it"));
}

absl::Status FeaturePlan::Compiled::Add(const NumericColumn& column) {
  if (std::count(numeric_names.begin(), numeric_names.end(), column.key) > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("two numeric columns are named \"", column.key, "\""));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(auto numeric, internal::CompileDense(column));
  std::size_t width = 1;
  for (const std::int64_t size : column.shape) {
    width *= static_cast<std::size_t>(size);
  }
  numeric_width += width;
  numeric_widths.push_back(width);
  numeric_names.push_back(column.key);
  numerics.push_back(std::move(numeric));
  return absl::OkStatus();
}

absl::Status FeaturePlan::Compiled::Add(internal::CompiledEmbedding embedding) {
  for (const TableSpec& table : tables) {
    if (table.name != embedding.table.name) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("two columns have the table \"", table.name,
                     "\"; name one table, or use SharedEmbeddings"));
  }
  for (internal::EmbeddingOutput& output : embedding.outputs) {
    output_names.push_back(output.name);
    outputs.push_back({std::move(output), embedding.combiner, tables.size()});
  }
  tables.push_back(std::move(embedding.table));
  return absl::OkStatus();
}

FeaturePlan::FeaturePlan(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

absl::StatusOr<FeaturePlan> FeaturePlan::Compile(
    std::vector<PlanColumn> columns, const PlanOptions& /*options*/) {
  auto compiled = std::make_shared<Compiled>();
  for (const PlanColumn& column : columns) {
    ROWHOUSE_RETURN_IF_ERROR(std::visit(
        [&](const auto& kind) { return compiled->Add(kind); }, column));
  }
  return FeaturePlan(std::move(compiled));
}

const std::vector<TableSpec>& FeaturePlan::tables() const {
  return compiled_->tables;
}

const std::vector<InitialValues>& FeaturePlan::initial_values() const {
  return compiled_->initial_values;
}

const std::vector<std::string>& FeaturePlan::embedding_names() const {
  return compiled_->output_names;
}

const std::vector<std::string>& FeaturePlan::dense_names() const {
  return compiled_->numeric_names;
}

absl::StatusOr<std::vector<FeatureIds>> FeaturePlan::Resolve(
    const Features& features) const {
  std::vector<FeatureIds> out;
  out.reserve(compiled_->outputs.size());
  for (const Compiled::Output& output : compiled_->outputs) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        FeatureIds ids,
        internal::Resolve(output.column, output.combiner,
                          compiled_->tables[output.table], features));
    if (!out.empty() && ids.batch.bags() != out.front().batch.bags()) {
      return BatchSizesDiffer(compiled_->output_names.front(),
                              out.front().batch.bags(), output.column.name,
                              ids.batch.bags());
    }
    out.push_back(std::move(ids));
  }
  return out;
}

absl::StatusOr<DenseBatch> FeaturePlan::Dense(const Features& features) const {
  DenseBatch out{.width = compiled_->numeric_width};
  std::size_t offset = 0;
  for (std::size_t i = 0; i < compiled_->numerics.size(); ++i) {
    const internal::DenseTransform& numeric = *compiled_->numerics[i];
    ROWHOUSE_ASSIGN_OR_RETURN(const DenseTensor input,
                              numeric.Transform(features));
    const auto rows = static_cast<std::size_t>(input.shape[0]);
    const std::size_t width = compiled_->numeric_widths[i];
    if (input.values.size() != rows * width) {
      return absl::InvalidArgumentError(absl::StrCat(
          "numeric column \"", numeric.name(), "\": expected ", width,
          " values per row, got ", input.values.size(), " in ", rows, " rows"));
    }
    if (offset == 0) {
      out.rows = rows;
      out.values.resize(rows * out.width);
    } else if (rows != out.rows) {
      return BatchSizesDiffer(compiled_->numeric_names.front(), out.rows,
                              numeric.name(), rows);
    }
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(input.values.data() + row * width, width,
                  out.values.data() + row * out.width + offset);
    }
    offset += width;
  }
  return out;
}

}  // namespace rowhouse
