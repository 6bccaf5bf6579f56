#include "tools/columns_explain.h"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/dense.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/parse_example_spec.h"
#include "tools/column_words.h"
#include "tools/columns_file.h"

namespace rowhouse::tools {
namespace {

// What is to be said of one column, or of columns with one table.
struct Facts {
  std::vector<std::string> names;
  std::vector<std::int64_t> shape;  // of one row; empty: ids only
  std::optional<std::uint64_t> num_buckets;
  std::optional<TableSpec> table;
  ParseExampleSpec reads;
};

absl::StatusOr<Facts> FactsOf(const internal::CompiledDense& compiled,
                              absl::StatusOr<ParseExampleSpec> reads) {
  if (!compiled.ok()) return compiled.status();
  Facts facts{{(*compiled)->name()}, (*compiled)->variable_shape(), {}, {}, {}};
  ROWHOUSE_ASSIGN_OR_RETURN(facts.reads, std::move(reads));
  return facts;
}

absl::StatusOr<Facts> FactsOf(const CategoricalColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled, internal::Compile(column));
  Facts facts{{compiled->name()}, {}, compiled->num_buckets(), {}, {}};
  ROWHOUSE_ASSIGN_OR_RETURN(facts.reads, ParseExampleSpecOf(column));
  if (const auto* bucketized = std::get_if<BucketizedColumn>(&column)) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto dense,
                              internal::CompileDense(*bucketized));
    facts.shape = dense->variable_shape();
  }
  return facts;
}

absl::StatusOr<Facts> FactsOf(const NumericColumn& column) {
  return FactsOf(internal::CompileDense(column),
                 ParseExampleSpecOf(DenseColumn(column)));
}

absl::StatusOr<Facts> FactsOf(const IndicatorColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(Facts facts,
                            FactsOf(internal::CompileDense(column),
                                    ParseExampleSpecOf(DenseColumn(column))));
  facts.num_buckets = facts.shape.back();
  return facts;
}

absl::StatusOr<Facts> FactsOf(const SequenceNumericColumn& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled,
                            internal::CompileSequence(column));
  return Facts{{compiled->name()},
               compiled->variable_shape(),
               {},
               {},
               ParseExampleSpecOf(column)};
}

// A column with a table, and the categorical ones that it looks up.
absl::StatusOr<Facts> FactsOf(const PlanColumn& column,
                              absl::Span<const CategoricalColumn> looked_up) {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeaturePlan plan,
                            FeaturePlan::Compile({column}));
  const TableSpec& table = plan.tables().front();
  Facts facts{plan.embedding_names(), {table.dim}, table.rows, table, {}};
  std::vector<ParseExampleSpec> reads;
  for (const CategoricalColumn& inner : looked_up) {
    ROWHOUSE_ASSIGN_OR_RETURN(reads.emplace_back(), ParseExampleSpecOf(inner));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(facts.reads, MergeParseExampleSpecs(reads));
  return facts;
}

template <typename Column>
requires requires(const Column& column) { column.categorical_column; }
absl::StatusOr<Facts> FactsOf(const Column& column) {
  return FactsOf(column, {column.categorical_column});
}

template <typename Columns>
requires requires(const Columns& columns) { columns.categorical_columns; }
absl::StatusOr<Facts> FactsOf(const Columns& columns) {
  return FactsOf(columns, columns.categorical_columns);
}

Json ToJson(const Facts& facts, const PlanColumn& column) {
  Json json;
  json["names"] = facts.names;
  json["words"] = WordsOf(column);
  json["shape"] = facts.shape;
  if (facts.num_buckets.has_value()) json["num_buckets"] = *facts.num_buckets;
  if (facts.table.has_value()) json["table"] = SpecToJson(*facts.table);
  return json;
}

Json NumberJson(const Number& number) {
  return std::visit([](auto value) { return Json(value); }, number);
}

Json ToJson(const ParseExampleSpec& reads) {
  Json json = Json::object();
  for (const auto& [key, feature] : reads) {
    if (const auto* varlen = std::get_if<VarLenFeature>(&feature)) {
      json[key]["varlen"]["dtype"] = std::string(DTypeName(varlen->dtype));
      continue;
    }
    const auto& fixed = std::get<FixedLenFeature>(feature);
    Json& out = json[key]["fixed"];
    out["dtype"] = std::string(DTypeName(fixed.dtype));
    out["shape"] = fixed.shape;
    if (!fixed.default_value.has_value()) continue;
    out["default_value"] = Json::array();
    for (const Number& value : *fixed.default_value) {
      out["default_value"].push_back(NumberJson(value));
    }
  }
  return json;
}

std::string TableText(const TableSpec& table) {
  const Json spec = SpecToJson(table);
  return absl::StrCat(table.name, ": ", table.rows, " rows of ", table.dim,
                      " floats, first ", FieldsText(spec["initializer"]), ", ",
                      FieldsText(spec["optimizer"]));
}

void PrintText(const Facts& facts, const PlanColumn& column,
               std::ostream& out) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"column", absl::StrJoin(facts.names, ", ")}, {"  is", WordsOf(column)}};
  if (!facts.shape.empty()) {
    fields.emplace_back(
        "  gives",
        absl::StrCat("[", absl::StrJoin(facts.shape, ", "), "] per row"));
  }
  if (facts.num_buckets.has_value()) {
    fields.emplace_back("  ids", absl::StrCat("below ", *facts.num_buckets));
  }
  if (facts.table.has_value()) {
    fields.emplace_back("  table", TableText(*facts.table));
  }
  PrintFields(out, fields);
}

void PrintText(const ParseExampleSpec& reads, std::ostream& out) {
  TextTable table({{"feature"}, {"length"}, {"dtype"}, {"default"}});
  const Json json = ToJson(reads);
  for (const auto& [key, feature] : json.items()) {
    const bool varlen = feature.contains("varlen");
    const Json& body = feature.front();
    table.Add(
        {key, varlen ? "any" : body["shape"].dump(), body["dtype"],
         body.contains("default_value") ? body["default_value"].dump() : ""});
  }
  table.Print(out);
}

ExitCode NoSense(const absl::Status& status, const Output& output) {
  output.talk << "rowhouse: " << Printable(status.message()) << '\n';
  return ExitCode::kUsage;
}

}  // namespace

absl::StatusOr<ExitCode> Run(const ColumnsExplainVerb& verb,
                             const Target& /*target*/, const Output& output) {
  const auto columns = ReadColumnsFile(verb.spec);
  if (absl::IsInvalidArgument(columns.status())) {
    return NoSense(columns.status(), output);
  }
  if (!columns.ok()) return columns.status();
  std::vector<Facts> facts;
  std::vector<ParseExampleSpec> reads;
  for (const PlanColumn& column : *columns) {
    auto found =
        std::visit([](const auto& kind) { return FactsOf(kind); }, column);
    if (absl::IsInvalidArgument(found.status())) {
      return NoSense(found.status(), output);
    }
    if (!found.ok()) return found.status();
    reads.push_back(found->reads);
    facts.push_back(*std::move(found));
  }
  const auto merged = MergeParseExampleSpecs(reads);
  if (!merged.ok()) return NoSense(merged.status(), output);
  if (output.json) {
    Json json;
    json["columns"] = Json::array();
    for (std::size_t i = 0; i < facts.size(); ++i) {
      json["columns"].push_back(ToJson(facts[i], (*columns)[i]));
    }
    json["parse_example_spec"] = ToJson(*merged);
    Print(output.data, json);
    return ExitCode::kOk;
  }
  for (std::size_t i = 0; i < facts.size(); ++i) {
    PrintText(facts[i], (*columns)[i], output.data);
  }
  output.data << '\n';
  PrintText(*merged, output.data);
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
