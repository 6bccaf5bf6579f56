#include "tests/golden/kinds/training.h"

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/golden/compare.h"
#include "tests/golden/layers.h"
#include "tests/golden/optimizer_call.h"
#include "tests/golden/tables.h"

namespace rowhouse::golden {
namespace {

absl::Status CompareTables(Client& client, const std::vector<TableSpec>& specs,
                           const Json& expected, double tolerance) {
  for (const TableSpec& spec : specs) {
    std::vector<std::uint64_t> ids(spec.rows);
    std::iota(ids.begin(), ids.end(), 0);
    ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows, client.ReadRows(spec.name, ids));
    ROWHOUSE_RETURN_IF_ERROR(CompareDense(
        spec.name, {static_cast<std::int64_t>(spec.rows), spec.dim},
        rows.weights, expected.at(spec.name), tolerance));
  }
  return absl::OkStatus();
}

absl::Status Train(const Case& test, const std::string& folder,
                   Client& client) {
  const bool sequences = test.given.value("layer", "") == "sequence_features";
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Layer layer,
      Layer::Create(test.given.at("specs"), folder, sequences));
  ROWHOUSE_ASSIGN_OR_RETURN(const OptimizerCall call,
                            ReadOptimizerCall(test.given.at("optimizer")));
  std::vector<TableSpec> tables = layer.tables();
  for (TableSpec& spec : tables) {
    spec.optimizer = call.optimizer;
    spec.update = call.update;
    spec.nan_policy = NanPolicy::kPropagate;
  }
  ROWHOUSE_RETURN_IF_ERROR(
      CreateTables(client, tables, test.given.at("tables")));
  const Json& batches = test.given.at("batches");
  for (std::size_t step = 0; step < batches.size(); ++step) {
    const Json& batch = batches[step];
    const Json& expected = test.expect.at("batches").at(step);
    ROWHOUSE_ASSIGN_OR_RETURN(auto output,
                              layer.Forward(client, batch.at("features")));
    ROWHOUSE_RETURN_IF_ERROR(CompareDense(
        absl::StrCat("output of batch ", step), output.tensor.shape,
        output.tensor.values, expected.at("output"), test.tolerance));
    ROWHOUSE_RETURN_IF_ERROR(layer.Backward(client, std::move(output.ticket),
                                            batch.at("upstream"),
                                            {.step = step}));
    ROWHOUSE_RETURN_IF_ERROR(
        CompareTables(client, tables, expected.at("tables"), test.tolerance));
  }
  return absl::OkStatus();
}

Outcome RunTraining(const Case& test, Context& context) {
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  return Train(test, context.folder, *context.client);
}

}  // namespace

Kind TrainingKind() {
  return {.name = "training",
          .uses_tables = true,
          .given = {"specs", "tables", "optimizer", "batches", "layer"},
          .expected = {"batches"},
          .run = RunTraining};
}

}  // namespace rowhouse::golden
