#include "rowhouse/sequence_features.h"

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
using Part = LayerColumns::Part;

absl::Status CheckKind(const PlanColumn& column) {
  const bool fits = !std::holds_alternative<CategoricalColumn>(column) &&
                    !std::holds_alternative<NumericColumn>(column);
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "SequenceFeatures takes embedding, indicator and sequence_numeric "
      "columns");
}

absl::Status Differ(const LayerColumns& columns, std::size_t i,
                    absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("columns \"", columns.names()[0], "\" and \"",
                   columns.names()[i], "\" differ in ", what));
}

// Part `i` is [rows, steps, ...] of its width.
absl::Status CheckShape(const LayerColumns& columns, std::size_t i,
                        const std::vector<std::int64_t>& shape) {
  std::size_t elements = 1;
  for (std::size_t axis = 2; axis < shape.size(); ++axis) {
    elements *= static_cast<std::size_t>(shape[axis]);
  }
  if (shape.size() >= 2 && elements == columns.widths()[i]) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", columns.names()[i], "\": output [",
                   absl::StrJoin(shape, ", "), "] does not fit steps of ",
                   columns.widths()[i]));
}

absl::Status CheckParts(const LayerColumns& columns,
                        const std::vector<Part>& parts) {
  const Part& first = parts[0];
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::vector<std::int64_t>& shape = parts[i].shape;
    ROWHOUSE_RETURN_IF_ERROR(CheckShape(columns, i, shape));
    if (shape[0] != first.shape[0] || shape[1] != first.shape[1]) {
      return Differ(
          columns, i,
          absl::StrCat("shape: [", first.shape[0], ", ", first.shape[1],
                       "] and [", shape[0], ", ", shape[1], "]"));
    }
    if (parts[i].lengths != first.lengths) {
      return Differ(columns, i, "the lengths of their sequences");
    }
    if (parts[i].numbers.dtype != first.numbers.dtype) {
      return Differ(columns, i,
                    absl::StrCat("type: ", DTypeName(first.numbers.dtype),
                                 " and ", DTypeName(parts[i].numbers.dtype)));
    }
  }
  return absl::OkStatus();
}

// As LayerColumns::Concatenate, where every column has integers.
std::vector<std::int64_t> ConcatenateIntegers(const LayerColumns& columns,
                                              std::size_t rows,
                                              const std::vector<Part>& parts) {
  std::vector<std::int64_t> out;
  out.reserve(rows * columns.width());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::size_t width = columns.widths()[i];
      const std::int64_t* from = parts[i].numbers.integers.data() + row * width;
      out.insert(out.end(), from, from + width);
    }
  }
  return out;
}

}  // namespace

SequenceFeatures::SequenceFeatures(std::shared_ptr<const LayerColumns> columns)
    : columns_(std::move(columns)) {}

absl::StatusOr<SequenceFeatures> SequenceFeatures::Create(
    const std::vector<PlanColumn>& columns,
    const SequenceFeaturesOptions& options) {
  for (const PlanColumn& column : columns) {
    ROWHOUSE_RETURN_IF_ERROR(CheckKind(column));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      auto layer,
      LayerColumns::Create(columns, {.table_naming = options.table_naming,
                                     .layer_name = options.name,
                                     .trainable = options.trainable}));
  return SequenceFeatures(std::move(layer));
}

const std::vector<std::string>& SequenceFeatures::column_names() const {
  return columns_->names();
}

const std::vector<std::size_t>& SequenceFeatures::widths() const {
  return columns_->widths();
}

std::size_t SequenceFeatures::width() const { return columns_->width(); }

const FeaturePlan& SequenceFeatures::plan() const { return columns_->plan(); }

absl::Status SequenceFeatures::CreateTables(Client& client) const {
  return client.CreateTables(plan());
}

absl::StatusOr<SequenceFeatures::Output> SequenceFeatures::Forward(
    Client& client, const Features& features) const {
  const internal::FloatFeatures floats(features);
  ROWHOUSE_ASSIGN_OR_RETURN(LayerColumns::Batch batch,
                            columns_->Resolve(floats.get(), true));
  ROWHOUSE_RETURN_IF_ERROR(CheckParts(*columns_, batch.parts));
  const Part& first = batch.parts[0];
  Output out;
  out.rows = static_cast<std::size_t>(first.shape[0]);
  out.steps = static_cast<std::size_t>(first.shape[1]);
  out.width = columns_->width();
  out.sequence_lengths = first.lengths;
  const std::size_t rows = out.rows * out.steps;
  ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                            client.Lookup(std::move(batch.lookups)));
  out.ticket = std::move(found.ticket);
  // An embedding has no numbers of its own; their type is float32 then.
  out.dtype = first.numbers.dtype;
  if (IsInteger(out.dtype)) {
    out.integers = ConcatenateIntegers(*columns_, rows, batch.parts);
  } else {
    out.values = columns_->Concatenate(rows, batch.parts, found.activations);
  }
  return out;
}

absl::StatusOr<PushOutcome> SequenceFeatures::Backward(
    Client& client, Ticket ticket, absl::Span<const float> upstream,
    const PushOptions& options) const {
  return columns_->Push(client, std::move(ticket), upstream, options);
}

absl::Status SequenceFeatures::BackwardAsync(Client& client, Ticket ticket,
                                             absl::Span<const float> upstream,
                                             const PushOptions& options) const {
  return columns_->PushAsync(client, std::move(ticket), upstream, options);
}

}  // namespace rowhouse
