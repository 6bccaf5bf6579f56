#include "tests/golden/layers.h"

#include "base/status_macros.h"
#include "tests/golden/column_spec.h"
#include "tests/golden/compare.h"
#include "tests/golden/feature_batch.h"
#include "tests/golden/tables.h"

namespace rowhouse::golden {
namespace {

Layer::Output Taken(DenseFeatures::Output output) {
  Layer::Output out;
  out.tensor.shape = {static_cast<std::int64_t>(output.rows),
                      static_cast<std::int64_t>(output.width)};
  out.tensor.values = std::move(output.values);
  out.ticket = std::move(output.ticket);
  return out;
}

Layer::Output Taken(SequenceFeatures::Output output) {
  Layer::Output out;
  out.tensor.dtype = output.dtype;
  out.tensor.shape = {static_cast<std::int64_t>(output.rows),
                      static_cast<std::int64_t>(output.steps),
                      static_cast<std::int64_t>(output.width)};
  out.tensor.values = std::move(output.values);
  out.tensor.integers = std::move(output.integers);
  out.lengths = std::move(output.sequence_lengths);
  out.ticket = std::move(output.ticket);
  return out;
}

absl::Status CompareTensor(const DenseTensor& tensor, const Json& expected,
                           double tolerance) {
  if (!IsInteger(tensor.dtype)) {
    return CompareDense("output", tensor.shape, tensor.values, expected,
                        tolerance);
  }
  const Json got = {{"dense",
                     {{"dtype", std::string(DTypeName(tensor.dtype))},
                      {"shape", tensor.shape},
                      {"values", tensor.integers}}}};
  return CompareExactly("output", got, expected);
}

absl::Status CompareGradients(const Case& test, const Layer& layer,
                              Ticket ticket, Client& client) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto watch,
                            GradientWatch::Begin(client, layer.tables()));
  ROWHOUSE_RETURN_IF_ERROR(
      layer.Backward(client, std::move(ticket), test.given.at("upstream")));
  const Json& gradients = test.expect.at("gradients");
  for (const TableSpec& spec : layer.tables()) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto gradient, watch.Of(client, spec.name));
    if (!gradients.contains(spec.name)) {  // a frozen table
      ROWHOUSE_RETURN_IF_ERROR(
          CompareExactly(spec.name, gradient.ids, Json::array()));
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(CompareExactly(
        spec.name, gradient.ids, test.expect.at("gradient_ids").at(spec.name)));
    ROWHOUSE_RETURN_IF_ERROR(CompareDense(
        spec.name, {static_cast<std::int64_t>(spec.rows), spec.dim},
        gradient.values, gradients.at(spec.name), test.tolerance));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Layer> Layer::Create(const Json& specs,
                                    const std::string& folder, bool sequences) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto columns, ReadColumns(specs, folder));
  return Create(std::move(columns), sequences);
}

absl::StatusOr<Layer> Layer::Create(std::vector<PlanColumn> columns,
                                    bool sequences) {
  if (sequences) {
    ROWHOUSE_ASSIGN_OR_RETURN(auto layer,
                              SequenceFeatures::Create(std::move(columns)));
    return Layer(Kind(std::move(layer)));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(auto layer,
                            DenseFeatures::Create(std::move(columns)));
  return Layer(Kind(std::move(layer)));
}

absl::StatusOr<Layer> Layer::CreateInputLayer(std::vector<PlanColumn> columns) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      auto layer,
      DenseFeatures::Create(
          std::move(columns),
          {.name = "input_layer", .table_naming = TableNaming::kInputLayer}));
  return Layer(Kind(std::move(layer)));
}

absl::StatusOr<Layer::Output> Layer::Forward(Client& client,
                                             const Json& features) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch batch,
                            FeatureBatch::Read(features));
  return std::visit(
      [&](const auto& layer) -> absl::StatusOr<Output> {
        ROWHOUSE_ASSIGN_OR_RETURN(auto output,
                                  layer.Forward(client, batch.features()));
        return Taken(std::move(output));
      },
      layer_);
}

absl::Status Layer::Backward(Client& client, Ticket ticket,
                             const Json& upstream,
                             const PushOptions& options) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, ReadTensor(upstream));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> values, FloatsOf(tensor));
  return std::visit(
      [&](const auto& layer) {
        return layer.Backward(client, std::move(ticket), values, options)
            .status();
      },
      layer_);
}

const std::vector<std::string>& Layer::column_names() const {
  return std::visit(
      [](const auto& layer) -> const auto& { return layer.column_names(); },
      layer_);
}

const std::vector<std::size_t>& Layer::widths() const {
  return std::visit(
      [](const auto& layer) -> const auto& { return layer.widths(); }, layer_);
}

const std::vector<TableSpec>& Layer::tables() const {
  return std::visit(
      [](const auto& layer) -> const auto& { return layer.plan().tables(); },
      layer_);
}

absl::Status RunLayer(const Case& test, const std::string& folder,
                      Client& client, bool sequences) {
  const auto layer = Layer::Create(test.given.at("specs"), folder, sequences);
  if (!layer.ok()) {
    return CheckError(test, Moment::kConstruct, layer.status());
  }
  std::vector<TableSpec> tables;
  for (const TableSpec& spec : layer->tables()) {
    tables.push_back(ShowingGradients(spec));
  }
  // A case whose layer fails may give no tables.
  if (!test.error.has_value() || !test.given.at("tables").empty()) {
    ROWHOUSE_RETURN_IF_ERROR(
        CreateTables(client, tables, test.given.at("tables")));
  }
  auto output = layer->Forward(client, test.given.at("features"));
  if (!output.ok()) return CheckError(test, Moment::kRun, output.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareTensor(output->tensor, test.expect.at("output"), test.tolerance));
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("column_names", layer->column_names(),
                                          test.expect.at("column_names")));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareExactly("widths", layer->widths(), test.expect.at("widths")));
  if (sequences) {
    ROWHOUSE_RETURN_IF_ERROR(CompareExactly("sequence_length", output->lengths,
                                            test.expect.at("sequence_length")));
  }
  if (!test.given.contains("upstream")) return absl::OkStatus();
  return CompareGradients(test, *layer, std::move(output->ticket), client);
}

}  // namespace rowhouse::golden
