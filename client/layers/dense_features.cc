#include "rowhouse/dense_features.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/layers/float_features.h"
#include "client/layers/layer_columns.h"

namespace rowhouse {
namespace {

using internal::LayerColumns;

absl::Status CheckKind(const PlanColumn& column) {
  const auto* numbers = std::get_if<SequenceNumericColumn>(&column);
  if (numbers == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", numbers->key,
                   "\" is a sequence of numbers; DenseFeatures takes none"));
}

// How many rows the batch has: each column one of its width for each, and all
// columns the same.
absl::StatusOr<std::size_t> RowsOf(
    const LayerColumns& columns, const std::vector<LayerColumns::Part>& parts) {
  const std::int64_t rows = parts[0].shape[0];
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::vector<std::int64_t>& shape = parts[i].shape;
    std::size_t elements = 1;
    for (std::size_t axis = 1; axis < shape.size(); ++axis) {
      elements *= static_cast<std::size_t>(shape[axis]);
    }
    if (elements != columns.widths()[i] && shape[0] != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("column \"", columns.names()[i], "\": output [",
                       absl::StrJoin(shape, ", "), "] does not fit [", shape[0],
                       ", ", columns.widths()[i], "]"));
    }
    if (shape[0] != rows) {
      return absl::InvalidArgumentError(absl::StrCat(
          "batch sizes differ: ", rows, " rows in \"", columns.names()[0],
          "\", ", shape[0], " in \"", columns.names()[i], "\""));
    }
  }
  return static_cast<std::size_t>(rows);
}

}  // namespace

DenseFeatures::DenseFeatures(std::shared_ptr<const LayerColumns> columns)
    : columns_(std::move(columns)) {}

absl::StatusOr<DenseFeatures> DenseFeatures::Create(
    const std::vector<PlanColumn>& columns,
    const DenseFeaturesOptions& options) {
  for (const PlanColumn& column : columns) {
    ROWHOUSE_RETURN_IF_ERROR(CheckKind(column));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      auto layer,
      LayerColumns::Create(columns, {.table_naming = options.table_naming,
                                     .layer_name = options.name,
                                     .trainable = options.trainable}));
  return DenseFeatures(std::move(layer));
}

const std::vector<std::string>& DenseFeatures::column_names() const {
  return columns_->names();
}

const std::vector<std::size_t>& DenseFeatures::widths() const {
  return columns_->widths();
}

std::size_t DenseFeatures::width() const { return columns_->width(); }

const FeaturePlan& DenseFeatures::plan() const { return columns_->plan(); }

absl::Status DenseFeatures::CreateTables(Client& client) const {
  return client.CreateTables(plan());
}

absl::StatusOr<DenseFeatures::Output> DenseFeatures::Forward(
    Client& client, const Features& features,
    ColumnTensors* cols_to_output_tensors) const {
  const internal::FloatFeatures floats(features);
  ROWHOUSE_ASSIGN_OR_RETURN(LayerColumns::Batch batch,
                            columns_->Resolve(floats.get(), false));
  Output out;
  ROWHOUSE_ASSIGN_OR_RETURN(out.rows, RowsOf(*columns_, batch.parts));
  ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                            client.Lookup(std::move(batch.lookups)));
  out.width = columns_->width();
  out.values = columns_->Concatenate(out.rows, batch.parts, found.activations);
  out.ticket = std::move(found.ticket);
  if (cols_to_output_tensors == nullptr) return out;
  for (std::size_t i = 0; i < batch.parts.size(); ++i) {
    LayerColumns::Part& part = batch.parts[i];
    (*cols_to_output_tensors)[column_names()[i]] =
        part.is_lookup ? std::move(found.activations[part.lookup].values)
                       : std::move(part.numbers.values);
  }
  return out;
}

absl::StatusOr<PushOutcome> DenseFeatures::Backward(
    Client& client, Ticket ticket, absl::Span<const float> upstream,
    const PushOptions& options) const {
  return columns_->Push(client, std::move(ticket), upstream, options);
}

absl::Status DenseFeatures::BackwardAsync(Client& client, Ticket ticket,
                                          absl::Span<const float> upstream,
                                          const PushOptions& options) const {
  return columns_->PushAsync(client, std::move(ticket), upstream, options);
}

}  // namespace rowhouse
