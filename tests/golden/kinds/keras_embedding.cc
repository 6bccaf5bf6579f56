#include "tests/golden/kinds/keras_embedding.h"

#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/keras_embedding.h"
#include "tests/golden/compare.h"
#include "tests/golden/embedding_call.h"
#include "tests/golden/feature_batch.h"
#include "tests/golden/optimizer_call.h"
#include "tests/golden/tables.h"

namespace rowhouse::golden {
namespace {

using keras::Embedding;
using keras::EmbeddingOutput;
using Layout = Features::Layout;

absl::StatusOr<Embedding> MakeLayer(const Case& test,
                                    const EmbeddingCall& call) {
  if (test.given.contains("model")) {
    return Embedding::MakeSequential(call.arguments);
  }
  return Embedding::Make(call.arguments);
}

absl::Status CheckOutputShape(const Case& test, const Embedding& layer) {
  keras::PartialShape input;
  for (const Json& size : test.given.at("compute_output_shape")) {
    input.emplace_back();
    if (!size.is_null()) input.back() = size.get<std::int64_t>();
  }
  const auto output = layer.ComputeOutputShape(input);
  if (!output.ok()) return CheckError(test, Moment::kRun, output.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  Json sizes = Json::array();
  for (const auto& size : *output) {
    sizes.push_back(size.has_value() ? Json(*size) : Json());
  }
  return CompareExactly("output_shape", sizes, test.expect.at("output_shape"));
}

absl::Status CompareLayout(absl::string_view what, Layout got,
                           Tensor::Layout expected) {
  const bool same = got == Layout::kDense ? expected == Tensor::Layout::kDense
                    : got == Layout::kSparse
                        ? expected == Tensor::Layout::kSparse
                        : expected == Tensor::Layout::kRagged;
  if (same) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(what, ": another layout"));
}

absl::Status CompareOutput(const EmbeddingOutput& output, const Json& expected,
                           double tolerance) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, ReadTensor(expected));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareLayout("output", output.layout, tensor.layout));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareExactly("output shape", output.shape, tensor.shape));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareExactly("output indices", output.indices, tensor.indices));
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly(
      "output row_splits", output.row_splits, tensor.row_splits));
  const auto& wide = std::get<std::vector<double>>(tensor.values);
  const std::vector<float> values(wide.begin(), wide.end());
  return CompareRows("output", output.values, values,
                     static_cast<std::size_t>(output.shape.back()), tolerance);
}

// The mask has the form of the input.
absl::Status CompareMask(const EmbeddingOutput& output, const Json& expected) {
  if (expected.is_null() || !output.mask.has_value()) {
    return CompareExactly("there is a mask", output.mask.has_value(),
                          !expected.is_null());
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, ReadTensor(expected));
  ROWHOUSE_RETURN_IF_ERROR(CompareLayout("mask", output.layout, tensor.layout));
  std::vector<std::int64_t> shape = output.shape;
  shape.pop_back();
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("mask shape", shape, tensor.shape));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareExactly("mask row_splits", output.row_splits, tensor.row_splits));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto values, IntegersOf(tensor));
  const std::vector<std::int64_t> mask(output.mask->begin(),
                                       output.mask->end());
  return CompareExactly("mask", mask, values);
}

absl::Status CompareNumber(const Case& test, const char* what, float got) {
  if (!test.expect.contains(what)) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const double expected,
                            ReadNumber(test.expect.at(what)));
  return CompareRows(what, {got}, {static_cast<float>(expected)}, 1,
                     test.tolerance);
}

absl::Status CompareLosses(const Case& test, const Embedding& layer,
                           const EmbeddingOutput& output, Client& client) {
  ROWHOUSE_ASSIGN_OR_RETURN(const float of_table,
                            layer.RegularizationLoss(client));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareNumber(test, "regularization_loss", of_table));
  return CompareNumber(test, "total_added_loss",
                       of_table + output.activity_loss);
}

// The gradient as it is produced, one row per input.
absl::Status CompareSlices(const Case& test, const Embedding& layer,
                           const EmbeddingOutput& output,
                           absl::Span<const float> upstream) {
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("gradient_is_rows",
                                          layer.gradient_is_rows(),
                                          test.expect.at("gradient_is_rows")));
  if (!test.expect.contains("slices")) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const RowGradient expected,
                            ReadRowGradient(test.expect.at("slices")));
  ROWHOUSE_ASSIGN_OR_RETURN(const keras::EmbeddingGradient got,
                            layer.Gradient(output.ticket, upstream));
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("slices ids", got.ids, expected.ids));
  return CompareRows("slices", got.values, expected.values, expected.dim,
                     test.tolerance);
}

// A step of the rate 1 subtracts the gradient from rows of zeros, or, where the
// gradient depends on the rows, from those of the case.
absl::Status CompareTableGradient(const Case& test, EmbeddingCall call,
                                  const Features::Tensor& input,
                                  absl::Span<const float> upstream,
                                  Client& client) {
  call.arguments.name = "gradient";
  call.arguments.embeddings_constraint = {};
  ROWHOUSE_ASSIGN_OR_RETURN(const Embedding layer, MakeLayer(test, call));
  ROWHOUSE_ASSIGN_OR_RETURN(TableSpec spec, layer.Table({}));
  spec = ShowingGradients(spec);
  ROWHOUSE_RETURN_IF_ERROR(
      CreateTables(client, {spec}, {{spec.name, test.given.at("table")}}));
  ROWHOUSE_ASSIGN_OR_RETURN(EmbeddingOutput output,
                            layer.Forward(client, input));
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor table,
                            ReadTensor(test.given.at("table")));
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor gradient,
                            ReadTensor(test.expect.at("table_gradient")));
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<float> expected, FloatsOf(table));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> slopes,
                            FloatsOf(gradient));
  std::vector<Id> ids(spec.rows);
  std::iota(ids.begin(), ids.end(), Id{0});
  if (!spec.update.regularizer.on()) {
    expected.assign(expected.size(), 0.0f);
    ROWHOUSE_RETURN_IF_ERROR(client.WriteRows(spec.name, ids, expected, {}));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] -= slopes[i];
  ROWHOUSE_RETURN_IF_ERROR(
      layer.Backward(client, std::move(output.ticket), upstream).status());
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows, client.ReadRows(spec.name, ids));
  return CompareRows("table_gradient, subtracted", rows.weights, expected,
                     spec.dim, test.tolerance);
}

absl::Status CompareAfter(const Case& test, const TableSpec& spec,
                          Client& client) {
  if (!test.expect.contains("after")) return absl::OkStatus();
  std::vector<Id> ids(spec.rows);
  std::iota(ids.begin(), ids.end(), Id{0});
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows, client.ReadRows(spec.name, ids));
  return CompareDense("after", {static_cast<std::int64_t>(spec.rows), spec.dim},
                      rows.weights, test.expect.at("after"), test.tolerance);
}

struct Optimizer {
  TableOptions options = {.optimizer = SgdSpec{},
                          .nan_policy = NanPolicy::kPropagate};
  Generation generation = Generation::kKeras;
};

absl::StatusOr<Optimizer> OptimizerOf(const Case& test) {
  Optimizer out;
  const auto json = test.given.find("optimizer");
  if (json == test.given.end()) return out;
  ROWHOUSE_ASSIGN_OR_RETURN(const OptimizerCall call, ReadOptimizerCall(*json));
  out.options.optimizer = call.optimizer;
  out.options.update = call.update;
  const std::string family = json->at("family");
  if (family == "keras_legacy") out.generation = Generation::kKerasLegacy;
  if (family == "tf1") out.generation = Generation::kTf1;
  return out;
}

// Forward, backward, and what is left of the table.
absl::Status RunStep(const Case& test, const EmbeddingCall& call,
                     const Embedding& layer, const TableSpec& spec,
                     const Features::Tensor& input, Client& client) {
  auto output = layer.Forward(client, input);
  if (!output.ok()) return CheckError(test, Moment::kRun, output.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareOutput(*output, test.expect.at("output"), test.tolerance));
  ROWHOUSE_RETURN_IF_ERROR(CompareMask(*output, test.expect.at("mask")));
  ROWHOUSE_RETURN_IF_ERROR(CompareLosses(test, layer, *output, client));
  if (!test.given.contains("upstream")) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor,
                            ReadTensor(test.given.at("upstream")));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> upstream,
                            FloatsOf(tensor));
  ROWHOUSE_RETURN_IF_ERROR(CompareSlices(test, layer, *output, upstream));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareTableGradient(test, call, input, upstream, client));
  ROWHOUSE_RETURN_IF_ERROR(
      layer.Backward(client, std::move(output->ticket), upstream).status());
  return CompareAfter(test, spec, client);
}

Outcome RunOnTable(const Case& test, const EmbeddingCall& call,
                   const Embedding& layer, Client& client) {
  if (!call.table_error.ok()) {
    return CheckError(test, Moment::kRun, call.table_error);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const Optimizer optimizer, OptimizerOf(test));
  const auto spec = layer.Table(optimizer.options, optimizer.generation);
  if (absl::IsUnimplemented(spec.status())) {
    return Outcome::Refused(std::string(spec.status().message()));
  }
  if (!spec.ok()) return CheckError(test, Moment::kRun, spec.status());
  ROWHOUSE_RETURN_IF_ERROR(
      CreateTables(client, {*spec}, {{spec->name, test.given.at("table")}}));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const FeatureBatch batch,
      FeatureBatch::Read({{"input", test.given.at("input")}}));
  return RunStep(test, call, layer, *spec, *batch.features().Find("input"),
                 client);
}

Outcome RunKerasEmbedding(const Case& test, Context& context) {
  const auto call = ReadEmbeddingCall(test.given.at("spec"));
  if (!call.ok()) return CheckError(test, Moment::kConstruct, call.status());
  const auto layer = MakeLayer(test, *call);
  if (!layer.ok()) return CheckError(test, Moment::kConstruct, layer.status());
  if (test.given.contains("compute_output_shape")) {
    return CheckOutputShape(test, *layer);
  }
  if (!test.given.contains("table")) return CheckNoErrorIsExpected(test);
  return RunOnTable(test, *call, *layer, *context.client);
}

}  // namespace

Kind KerasEmbeddingKind() {
  return {.name = "keras_embedding",
          .uses_tables = true,
          .given = {"spec", "table", "input", "upstream", "optimizer", "model",
                    "compute_output_shape"},
          .expected = {"output", "mask", "gradient_is_rows", "table_gradient",
                       "slices", "regularization_loss", "total_added_loss",
                       "after", "output_shape"},
          .run = RunKerasEmbedding};
}

}  // namespace rowhouse::golden
