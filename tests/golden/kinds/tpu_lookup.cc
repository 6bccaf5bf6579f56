#include "tests/golden/kinds/tpu_lookup.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/tpu_embedding.h"
#include "tests/golden/compare.h"
#include "tests/golden/feature_batch.h"
#include "tests/golden/tables.h"

namespace rowhouse::golden {
namespace {

absl::Status Refused(absl::string_view argument, const Json& value) {
  return absl::InvalidArgumentError(
      absl::StrCat("argument ", argument, " is ", value.dump()));
}

// Python's int: a bool is one, 3.0 is none.
absl::StatusOr<std::int64_t> IntegerOf(absl::string_view argument,
                                       const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (!value.is_number_integer()) return Refused(argument, value);
  return value.get<std::int64_t>();
}

absl::StatusOr<Combiner> CombinerOf(const Json& value) {
  if (value == "sum") return Combiner::kSum;
  if (value == "mean") return Combiner::kMean;
  if (value == "sqrtn") return Combiner::kSqrtn;
  return Refused("combiner", value);
}

absl::StatusOr<QuantizationConfig> QuantizationOf(const Json& json) {
  static constexpr absl::string_view kKnown[] = {"num_buckets", "lower",
                                                 "upper"};
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("quantization_config", json, kKnown));
  QuantizationConfig config;
  ROWHOUSE_ASSIGN_OR_RETURN(config.num_buckets,
                            IntegerOf("num_buckets", json.at("num_buckets")));
  ROWHOUSE_ASSIGN_OR_RETURN(const double lower, ReadNumber(json.at("lower")));
  ROWHOUSE_ASSIGN_OR_RETURN(const double upper, ReadNumber(json.at("upper")));
  config.lower = static_cast<float>(lower);
  config.upper = static_cast<float>(upper);
  return config;
}

absl::StatusOr<TableConfig> TableOf(const std::string& name, const Json& json) {
  static constexpr absl::string_view kKnown[] = {"vocabulary_size", "dim",
                                                 "combiner", "initializer",
                                                 "quantization_config"};
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("table", json, kKnown));
  TableConfig table{.name = name};
  ROWHOUSE_ASSIGN_OR_RETURN(
      table.vocabulary_size,
      IntegerOf("vocabulary_size", json.value("vocabulary_size", Json())));
  ROWHOUSE_ASSIGN_OR_RETURN(table.dim,
                            IntegerOf("dim", json.value("dim", Json())));
  ROWHOUSE_ASSIGN_OR_RETURN(table.combiner,
                            CombinerOf(json.value("combiner", Json("mean"))));
  const Json initializer = json.value("initializer", Json());
  if (!initializer.is_null() && initializer != "callable") {
    return Refused("initializer", initializer);
  }
  const Json quantization = json.value("quantization_config", Json());
  if (!quantization.is_null()) {
    ROWHOUSE_ASSIGN_OR_RETURN(table.quantization_config,
                              QuantizationOf(quantization));
  }
  return table;
}

// A TensorShape: a list of sizes that may be None, or one size.
absl::Status ReadOutputShape(const Json& json, FeatureConfig& feature) {
  if (json.is_null()) return absl::OkStatus();
  auto& shape = feature.output_shape.emplace();
  for (const Json& size : json.is_array() ? json : Json::array({json})) {
    if (size.is_null()) {
      shape.emplace_back();
      continue;
    }
    ROWHOUSE_ASSIGN_OR_RETURN(shape.emplace_back(),
                              IntegerOf("output_shape", size));
  }
  return absl::OkStatus();
}

using Tables = std::map<std::string, std::shared_ptr<const TableConfig>>;

absl::StatusOr<FeatureConfig> FeatureOf(const Json& json,
                                        const Tables& tables) {
  static constexpr absl::string_view kKnown[] = {
      "table", "max_sequence_length", "output_shape",
      "validate_weights_and_indices"};
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("feature", json, kKnown));
  FeatureConfig feature;
  const Json table = json.value("table", Json());
  const auto found =
      table.is_string() ? tables.find(table.get<std::string>()) : tables.end();
  if (found == tables.end()) return Refused("table", table);
  feature.table = found->second;
  ROWHOUSE_ASSIGN_OR_RETURN(
      feature.max_sequence_length,
      IntegerOf("max_sequence_length",
                json.value("max_sequence_length", Json(0))));
  const Json validate = json.value("validate_weights_and_indices", Json(true));
  if (!validate.is_boolean()) {
    return Refused("validate_weights_and_indices", validate);
  }
  feature.validate_weights_and_indices = validate.get<bool>();
  ROWHOUSE_RETURN_IF_ERROR(
      ReadOutputShape(json.value("output_shape", Json()), feature));
  return feature;
}

absl::StatusOr<TpuEmbeddingForServing> Configure(const Json& config) {
  Tables tables;
  for (const auto& [name, table] : config.at("tables").items()) {
    ROWHOUSE_ASSIGN_OR_RETURN(TableConfig made, TableOf(name, table));
    tables[name] = std::make_shared<const TableConfig>(std::move(made));
  }
  std::map<std::string, FeatureConfig> features;
  for (const auto& [key, feature] : config.at("features").items()) {
    ROWHOUSE_ASSIGN_OR_RETURN(features[key], FeatureOf(feature, tables));
  }
  return TpuEmbeddingForServing::Create(features);
}

// Of the tables that features use.
absl::Status MakeTables(const Case& test, const TpuEmbeddingForServing& made,
                        Client& client) {
  if (!test.given.contains("tables")) return absl::OkStatus();
  Json used = Json::object();
  for (const TableSpec& spec : made.tables()) {
    used[spec.name] = test.given.at("tables").at(spec.name);
  }
  return CreateTables(client, made.tables(), used);
}

absl::StatusOr<TpuEmbeddingForServing::Output> LookUp(
    const Case& test, const TpuEmbeddingForServing& embedding, Client& client) {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch features,
                            FeatureBatch::Read(test.given.at("features")));
  if (!test.given.contains("weights")) {
    return embedding.Lookup(client, features.features());
  }
  Json given = test.given.at("weights");
  // Their structures must be alike; null is a feature without weights.
  for (const auto& item : test.given.at("features").items()) {
    if (!given.contains(item.key())) {
      return absl::InvalidArgumentError(
          absl::StrCat("no weights for feature ", item.key()));
    }
  }
  if (given.size() != test.given.at("features").size()) {
    return absl::InvalidArgumentError("weights of other features");
  }
  for (auto weights = given.begin(); weights != given.end();) {
    weights = weights->is_null() ? given.erase(weights) : std::next(weights);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch weights,
                            FeatureBatch::Read(given));
  return embedding.Lookup(client, features.features(), &weights.features());
}

absl::Status CompareActivations(const TpuEmbeddingForServing::Output& output,
                                const Json& expected, double tolerance) {
  if (output.activations.size() != expected.size()) {
    return absl::InternalError(absl::StrCat("activations: expected ",
                                            expected.size(), ", got ",
                                            output.activations.size()));
  }
  for (const auto& [key, tensor] : output.activations) {
    ROWHOUSE_RETURN_IF_ERROR(CompareDense(key, tensor.shape, tensor.values,
                                          expected.at(key), tolerance));
  }
  return absl::OkStatus();
}

Outcome RunTpuLookup(const Case& test, Context& context) {
  const auto embedding = Configure(test.given.at("feature_config"));
  if (!embedding.ok()) {
    return CheckError(test, Moment::kConstruct, embedding.status());
  }
  ROWHOUSE_RETURN_IF_ERROR(MakeTables(test, *embedding, *context.client));
  if (!test.given.contains("features")) return CheckNoErrorIsExpected(test);
  const auto output = LookUp(test, *embedding, *context.client);
  if (!output.ok()) return CheckError(test, Moment::kRun, output.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  return CompareActivations(*output, test.expect.at("activations"),
                            test.tolerance);
}

}  // namespace

Kind TpuLookupKind() {
  return {.name = "tpu_lookup",
          .uses_tables = true,
          .given = {"feature_config", "tables", "features", "weights"},
          .expected = {"activations"},
          .run = RunTpuLookup};
}

}  // namespace rowhouse::golden
