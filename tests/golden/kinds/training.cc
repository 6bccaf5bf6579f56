#include "tests/golden/kinds/training.h"

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/golden/compare.h"
#include "tests/golden/layers.h"
#include "tests/golden/tables.h"

namespace rowhouse::golden {
namespace {

absl::StatusOr<Generation> GenerationOf(const Json& optimizer) {
  const std::string family = optimizer.at("family");
  if (family == "tf1") return Generation::kTf1;
  if (family == "keras_legacy") return Generation::kKerasLegacy;
  if (family == "keras") return Generation::kKeras;
  return absl::UnimplementedError(
      absl::StrCat("no optimizers of family '", family, "' train here"));
}

// Reads the arguments of one optimizer; Done() says whether there were others.
class Arguments {
 public:
  explicit Arguments(Json arguments) : rest_(std::move(arguments)) {}

  template <typename Value>
  void Read(absl::string_view name, Value& value) {
    const auto at = rest_.find(std::string(name));
    if (at == rest_.end()) return;
    value = at->template get<Value>();
    rest_.erase(at);
  }
  absl::Status Done() const {
    if (rest_.empty()) return absl::OkStatus();
    return absl::UnimplementedError(
        absl::StrCat("arguments that are not read: ", rest_.dump()));
  }

 private:
  Json rest_;
};

// The optimizers that the recorded cases train with.
absl::StatusOr<OptimizerSpec> OptimizerOf(const Json& optimizer) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Generation generation,
                            GenerationOf(optimizer));
  const std::string name = optimizer.at("name");
  Arguments arguments(optimizer.at("arguments"));
  OptimizerSpec out;
  if (name == "GradientDescentOptimizer" || name == "SGD") {
    SgdSpec spec;
    arguments.Read("learning_rate", spec.learning_rate);
    out = spec;
  } else if (name == "AdagradOptimizer" || name == "Adagrad") {
    AdagradSpec spec;
    spec.generation = generation;
    spec.epsilon = generation == Generation::kTf1 ? 0.0f : 1e-7f;
    arguments.Read("learning_rate", spec.learning_rate);
    arguments.Read("initial_accumulator_value", spec.initial_accumulator);
    arguments.Read("epsilon", spec.epsilon);
    out = spec;
  } else if (name == "AdamOptimizer" || name == "Adam") {
    AdamSpec spec;
    spec.generation = generation;
    spec.epsilon = generation == Generation::kTf1 ? 1e-8f : 1e-7f;
    arguments.Read("learning_rate", spec.learning_rate);
    arguments.Read("beta1", spec.beta_1);
    arguments.Read("beta_1", spec.beta_1);
    arguments.Read("beta2", spec.beta_2);
    arguments.Read("beta_2", spec.beta_2);
    arguments.Read("epsilon", spec.epsilon);
    out = spec;
  } else if (name == "FtrlOptimizer" || name == "Ftrl") {
    FtrlSpec spec;
    spec.generation = generation;
    arguments.Read("learning_rate", spec.learning_rate);
    arguments.Read("learning_rate_power", spec.learning_rate_power);
    arguments.Read("initial_accumulator_value", spec.initial_accumulator);
    arguments.Read("l1_regularization_strength", spec.l1);
    arguments.Read("l2_regularization_strength", spec.l2);
    out = spec;
  } else {
    return absl::UnimplementedError(absl::StrCat("no optimizer '", name, "'"));
  }
  ROWHOUSE_RETURN_IF_ERROR(arguments.Done());
  return out;
}

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
  ROWHOUSE_ASSIGN_OR_RETURN(const OptimizerSpec optimizer,
                            OptimizerOf(test.given.at("optimizer")));
  std::vector<TableSpec> tables = layer.tables();
  for (TableSpec& spec : tables) {
    spec.optimizer = optimizer;
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
