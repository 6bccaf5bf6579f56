#include "tests/golden/kinds/tpu_column.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/tpu_columns.h"
#include "tests/golden/column_spec.h"
#include "tests/golden/compare.h"
#include "tests/golden/layers.h"
#include "tests/golden/tables.h"

namespace rowhouse::golden {
namespace {

// A combiner that TensorFlow has not is kNone here, None is "mean"; the lookup
// says which are wrong.
Json CombinerJson(Combiner combiner) {
  if (combiner == Combiner::kMean) return "mean";
  if (combiner == Combiner::kSum) return "sum";
  return combiner == Combiner::kSqrtn ? "sqrtn" : "none";
}

Json AsOurs(const Json& combiner) {
  if (combiner.is_null()) return "mean";
  const bool known =
      combiner == "mean" || combiner == "sum" || combiner == "sqrtn";
  return known ? combiner : Json("none");
}

Json ToJson(const TpuColumnDescription& column) {
  return {{"name", column.name},
          {"table_size", {column.vocabulary_size, column.dimension}},
          {"feature_key", column.feature_key},
          {"weight_key",
           column.weight_key.has_value() ? Json(*column.weight_key) : Json()},
          {"table_name", column.table_name},
          {"combiner", CombinerJson(column.combiner)},
          {"is_sequence", column.is_sequence},
          {"max_sequence_length", column.max_sequence_length},
          {"sequence_length_key", column.sequence_length_key},
          {"has_learning_rate_fn", column.learning_rate_fn != nullptr}};
}

// The functions that data cannot say. "callable" is one object everywhere.
template <typename Column>
void SetFunctions(const Json& spec, Column& column) {
  if (spec.value("initializer", Json()) == "callable") {
    column.initializer = ConstantInitializer{};
  }
  if constexpr (!std::is_same_v<Column, EmbeddingColumn>) {
    if (spec.value("learning_rate_fn", Json()) == "callable") {
      column.learning_rate_fn = [](std::uint64_t) { return 0.1f; };
    }
  }
}

absl::StatusOr<PlanColumn> Read(const Json& spec, const std::string& folder) {
  ROWHOUSE_ASSIGN_OR_RETURN(PlanColumn column, ReadColumn(spec, folder));
  if (auto* tpu = std::get_if<TpuEmbeddingColumn>(&column)) {
    SetFunctions(spec, *tpu);
  } else if (auto* shared = std::get_if<TpuSharedEmbeddingColumns>(&column)) {
    SetFunctions(spec, *shared);
  } else if (auto* ordinary = std::get_if<EmbeddingColumn>(&column)) {
    SetFunctions(spec, *ordinary);
  }
  return column;
}

// In the members of "expect".
absl::StatusOr<Json> Describe(const PlanColumn& column) {
  if (const auto* tpu = std::get_if<TpuEmbeddingColumn>(&column)) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto description, DescribeTpuColumn(*tpu));
    return ToJson(description);
  }
  const auto* shared = std::get_if<TpuSharedEmbeddingColumns>(&column);
  if (shared == nullptr) {
    return absl::UnimplementedError("the column is not for a TPU");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const auto descriptions,
                            DescribeTpuColumns(*shared));
  Json json = {{"columns", Json::array()}};
  for (const TpuColumnDescription& description : descriptions) {
    json["columns"].push_back(ToJson(description));
  }
  return json;
}

// What "expect" says of the column itself, in our words.
Json DescriptionIn(Json expect) {
  for (const char* member : {"output", "sequence_length", "equal"}) {
    expect.erase(member);
  }
  if (expect.contains("combiner")) {
    expect["combiner"] = AsOurs(expect.at("combiner"));
  }
  if (!expect.contains("columns")) return expect;
  for (Json& column : expect.at("columns")) {
    column["combiner"] = AsOurs(column.at("combiner"));
  }
  return expect;
}

// Shared columns of two calls have two tables.
bool AreEqual(const PlanColumn& a, const PlanColumn& b) {
  const auto* tpu = std::get_if<TpuEmbeddingColumn>(&a);
  if (tpu == nullptr) return false;
  if (const auto* other = std::get_if<TpuEmbeddingColumn>(&b)) {
    return EqualColumns(*tpu, *other);
  }
  const auto* ordinary = std::get_if<EmbeddingColumn>(&b);
  return ordinary != nullptr && EqualColumns(*tpu, *ordinary);
}

absl::Status CompareEquality(const Case& test, const PlanColumn& column,
                             const std::string& folder) {
  ROWHOUSE_ASSIGN_OR_RETURN(const PlanColumn other,
                            Read(test.given.at("other_spec"), folder));
  return CompareExactly("equal", AreEqual(column, other),
                        test.expect.at("equal"));
}

bool IsSequence(const Json& description) {
  const Json& first = description.contains("columns")
                          ? description.at("columns").at(0)
                          : description;
  return first.at("is_sequence").get<bool>();
}

// Sequence columns are for SequenceFeatures; only `about` says where a case
// means it otherwise.
bool UsesSequenceFeatures(const Case& test, const Json& description) {
  if (absl::StrContains(test.about, "SequenceFeatures")) return true;
  return IsSequence(description) &&
         !absl::StrContains(test.about, "DenseFeatures");
}

absl::StatusOr<Layer> MakeLayer(const Case& test, const PlanColumn& column,
                                bool sequences) {
  const std::string name = test.given.value("layer", "");
  if (name == "v1 input_layer") return Layer::CreateInputLayer({column});
  if (!name.empty()) {
    return absl::UnimplementedError(absl::StrCat("no layer '", name, "'"));
  }
  return Layer::Create({column}, sequences);
}

absl::Status LookUp(const Case& test, const PlanColumn& column,
                    const Json& description, Client& client) {
  const bool sequences = UsesSequenceFeatures(test, description);
  const auto layer = MakeLayer(test, column, sequences);
  if (!layer.ok()) return CheckError(test, Moment::kRun, layer.status());
  // A case whose lookup fails gives no tables.
  if (test.given.contains("tables")) {
    ROWHOUSE_RETURN_IF_ERROR(
        CreateTables(client, layer->tables(), test.given.at("tables")));
  }
  const auto output = layer->Forward(client, test.given.at("features"));
  if (!output.ok()) return CheckError(test, Moment::kRun, output.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareDense("output", output->tensor.shape, output->tensor.values,
                   test.expect.at("output"), test.tolerance));
  if (!sequences) return absl::OkStatus();
  const Json lengths = {{"dense",
                         {{"dtype", "int64"},
                          {"shape", {output->lengths.size()}},
                          {"values", output->lengths}}}};
  return CompareExactly("sequence_length", lengths,
                        test.expect.at("sequence_length"));
}

Outcome RunTpuColumn(const Case& test, Context& context) {
  const auto column = Read(test.given.at("spec"), context.folder);
  const auto description =
      column.ok() ? Describe(*column) : absl::StatusOr<Json>(column.status());
  if (!description.ok()) {
    return CheckError(test, Moment::kConstruct, description.status());
  }
  if (!test.error.has_value()) {
    ROWHOUSE_RETURN_IF_ERROR(
        CompareExactly("column", *description, DescriptionIn(test.expect)));
  }
  if (test.given.contains("other_spec")) {
    ROWHOUSE_RETURN_IF_ERROR(CompareEquality(test, *column, context.folder));
  }
  if (!test.given.contains("features")) return CheckNoErrorIsExpected(test);
  return LookUp(test, *column, *description, *context.client);
}

}  // namespace

Kind TpuColumnKind() {
  return {.name = "tpu_column",
          .uses_tables = true,
          .given = {"spec", "features", "tables", "other_spec", "layer"},
          .expected = {"name", "table_size", "feature_key", "weight_key",
                       "table_name", "combiner", "is_sequence",
                       "max_sequence_length", "sequence_length_key",
                       "has_learning_rate_fn", "columns", "output",
                       "sequence_length", "equal"},
          .run = RunTpuColumn};
}

}  // namespace rowhouse::golden
