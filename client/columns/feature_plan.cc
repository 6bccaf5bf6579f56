#include "rowhouse/feature_plan.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/compiled_plan.h"
#include "client/columns/tpu_columns.h"

namespace rowhouse {
namespace {

absl::Status BatchSizesDiffer(const std::string& first, std::int64_t first_rows,
                              const std::string& other,
                              std::int64_t other_rows) {
  return absl::InvalidArgumentError(
      absl::StrCat("batch sizes differ: ", first_rows, " rows in \"", first,
                   "\", ", other_rows, " in \"", other, "\""));
}

std::size_t Product(absl::Span<const std::int64_t> shape) {
  std::size_t product = 1;
  for (const std::int64_t size : shape) {
    product *= static_cast<std::size_t>(size);
  }
  return product;
}

// Are `values` those of `rows` rows of `width`? Without their product, which
// wraps where a size of 0 hides another.
bool Fill(std::size_t values, std::size_t rows, std::size_t width) {
  if (width == 0) return values == 0;
  return values % width == 0 && values / width == rows;
}

}  // namespace

// Adds one column after the other to a plan.
class FeaturePlan::Compiler {
 public:
  Compiler(const PlanOptions& options, Compiled& out)
      : options_(options), out_(out) {}

  absl::Status Add(const CategoricalColumn& column) {
    if (const auto* bucketized = std::get_if<BucketizedColumn>(&column)) {
      return AddDense(*bucketized);
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "column \"", ColumnName(column),
        "\" is categorical: wrap it with an embedding or indicator column"));
  }
  absl::Status Add(const NumericColumn& column) { return AddDense(column); }
  absl::Status Add(const IndicatorColumn& column) {
    return internal::IsSequence(column.categorical_column) ? AddSequence(column)
                                                           : AddDense(column);
  }
  absl::Status Add(const SequenceNumericColumn& column) {
    return AddSequence(column);
  }
  absl::Status Add(const EmbeddingColumn& column) { return AddTable(column); }
  absl::Status Add(const SharedEmbeddings& columns) {
    return AddTable(columns);
  }
  absl::Status Add(const TpuEmbeddingColumn& column) {
    return AddTable(column);
  }
  absl::Status Add(const TpuSharedEmbeddingColumns& columns) {
    return AddTable(columns);
  }

 private:
  template <typename Column>
  absl::Status AddDense(const Column& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto dense, internal::CompileDense(column));
    Compiled::Numbers numbers;
    numbers.name = dense->name();
    numbers.elements = Product(dense->variable_shape());
    numbers.dense = std::move(dense);
    out_.dense_names.push_back(numbers.name);
    return AddNumbers(std::move(numbers));
  }

  template <typename Column>
  absl::Status AddSequence(const Column& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto sequence, internal::CompileSequence(column));
    Compiled::Numbers numbers;
    numbers.name = sequence->name();
    numbers.elements = Product(sequence->variable_shape());
    numbers.sequence = std::move(sequence);
    return AddNumbers(std::move(numbers));
  }

  absl::Status AddNumbers(Compiled::Numbers numbers) {
    if (!numbers_.insert(numbers.name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("two columns are named \"", numbers.name, "\""));
    }
    out_.numbers.push_back(std::move(numbers));
    return absl::OkStatus();
  }

  template <typename Column>
  absl::Status AddTable(const Column& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(internal::CompiledEmbedding embedding,
                              internal::Compile(column, options_));
    if (!tables_.insert(embedding.table.name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("two columns have the table \"", embedding.table.name,
                       "\"; name one table, or use SharedEmbeddings"));
    }
    const std::size_t table = out_.tables.size();
    for (internal::EmbeddingOutput& output : embedding.outputs) {
      out_.embedding_names.push_back(output.name);
      out_.embeddings.push_back({std::move(output), table});
    }
    if (embedding.initial_values.has_value()) {
      out_.initial_values.push_back({table, embedding.initial_values->first,
                                     embedding.initial_values->second});
    }
    out_.tables.push_back(std::move(embedding.table));
    out_.learning_rate_fns.push_back(std::move(embedding.learning_rate_fn));
    return absl::OkStatus();
  }

  const PlanOptions& options_;
  Compiled& out_;
  // Names that are taken.
  absl::flat_hash_set<std::string> numbers_;
  absl::flat_hash_set<std::string> tables_;
};

FeaturePlan::FeaturePlan(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

absl::StatusOr<FeaturePlan> FeaturePlan::Compile(
    const std::vector<PlanColumn>& columns, const PlanOptions& options) {
  auto compiled = std::make_shared<Compiled>();
  Compiler compiler(options, *compiled);
  for (const PlanColumn& column : columns) {
    ROWHOUSE_RETURN_IF_ERROR(std::visit(
        [&](const auto& kind) { return compiler.Add(kind); }, column));
  }
  return FeaturePlan(std::move(compiled));
}

const std::vector<TableSpec>& FeaturePlan::tables() const {
  return compiled_->tables;
}

const std::vector<InitialValues>& FeaturePlan::initial_values() const {
  return compiled_->initial_values;
}

absl::flat_hash_map<std::string, float> FeaturePlan::LearningRates(
    std::uint64_t step) const {
  absl::flat_hash_map<std::string, float> rates;
  for (std::size_t i = 0; i < compiled_->tables.size(); ++i) {
    const LearningRateFn& rate = compiled_->learning_rate_fns[i];
    if (rate) rates.emplace(compiled_->tables[i].name, rate(step));
  }
  return rates;
}

const std::vector<std::string>& FeaturePlan::embedding_names() const {
  return compiled_->embedding_names;
}

const std::vector<std::string>& FeaturePlan::dense_names() const {
  return compiled_->dense_names;
}

absl::StatusOr<std::vector<FeatureIds>> FeaturePlan::Resolve(
    const Features& features) const {
  std::vector<FeatureIds> out;
  out.reserve(compiled_->embeddings.size());
  std::int64_t rows = 0;
  for (const Compiled::Embedding& embedding : compiled_->embeddings) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        internal::ResolvedEmbedding resolved,
        internal::Resolve(embedding.column, compiled_->tables[embedding.table],
                          features));
    if (out.empty()) {
      rows = resolved.shape[0];
    } else if (resolved.shape[0] != rows) {
      return BatchSizesDiffer(compiled_->embedding_names.front(), rows,
                              embedding.column.name, resolved.shape[0]);
    }
    out.push_back(std::move(resolved.ids));
  }
  return out;
}

absl::StatusOr<DenseBatch> FeaturePlan::Dense(const Features& features) const {
  DenseBatch out;
  bool overflows = false;
  for (const Compiled::Numbers& numbers : compiled_->numbers) {
    if (numbers.dense == nullptr) continue;
    overflows = overflows ||
                __builtin_add_overflow(out.width, numbers.elements, &out.width);
  }
  std::size_t offset = 0;
  for (const Compiled::Numbers& numbers : compiled_->numbers) {
    if (numbers.dense == nullptr) continue;
    ROWHOUSE_ASSIGN_OR_RETURN(const DenseTensor input,
                              numbers.dense->Transform(features));
    const auto rows = static_cast<std::size_t>(input.shape[0]);
    const std::size_t width = numbers.elements;
    if (!Fill(input.values.size(), rows, width)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "column \"", numbers.name, "\": expected ", width,
          " values per row, got ", input.values.size(), " in ", rows, " rows"));
    }
    if (offset == 0) {
      // As much as its columns may make, before they have made it.
      const std::size_t values_max =
          compiled_->dense_names.size() * std::size_t{kDenseValuesMax};
      if (overflows || (rows != 0 && out.width > values_max / rows)) {
        return absl::ResourceExhaustedError(absl::StrCat(
            rows, " rows of all numbers of ", compiled_->dense_names.size(),
            " columns, at most ", values_max, " numbers"));
      }
      out.rows = rows;
      out.values.resize(rows * out.width);
    } else if (rows != out.rows) {
      return BatchSizesDiffer(compiled_->dense_names.front(), out.rows,
                              numbers.name, rows);
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
