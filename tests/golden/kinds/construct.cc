#include "tests/golden/kinds/construct.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/dense.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/parse_example_spec.h"
#include "tests/golden/column_spec.h"
#include "tests/golden/compare.h"
#include "tests/golden/kinds/column_json.h"

namespace rowhouse::golden {
namespace {

// What a column says of itself, in the members of "expect"; or its error.
struct Describe {
  using Result = absl::StatusOr<Json>;

  Result operator()(const CategoricalColumn& column) const {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled, internal::Compile(column));
    Json json = {{"name", compiled->name()},
                 {"num_buckets", compiled->num_buckets()}};
    if (const auto* bucketized = std::get_if<BucketizedColumn>(&column)) {
      ROWHOUSE_ASSIGN_OR_RETURN(const auto dense,
                                internal::CompileDense(*bucketized));
      json["variable_shape"] = dense->variable_shape();
    }
    AddParseExampleSpec(ParseExampleSpecOf(column), json);
    return json;
  }
  Result operator()(const NumericColumn& column) const {
    return DescribeDense(column);
  }
  Result operator()(const IndicatorColumn& column) const {
    return DescribeDense(column);
  }
  Result operator()(const SequenceNumericColumn& column) const {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled,
                              internal::CompileSequence(column));
    Json json = {{"name", compiled->name()},
                 {"variable_shape", compiled->variable_shape()}};
    AddParseExampleSpec(ParseExampleSpecOf(column), json);
    return json;
  }
  Result operator()(const EmbeddingColumn& column) const {
    return DescribeEmbedding(column);
  }
  Result operator()(const SharedEmbeddings& columns) const {
    return DescribeShared(columns);
  }
  Result operator()(const TpuEmbeddingColumn& column) const {
    return DescribeEmbedding(column);
  }
  Result operator()(const TpuSharedEmbeddingColumns& columns) const {
    return DescribeShared(columns);
  }

 private:
  template <typename Column>
  static Result DescribeEmbedding(const Column& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto plan, FeaturePlan::Compile({column}));
    Json json = {{"name", plan.embedding_names().at(0)},
                 {"variable_shape", {plan.tables().at(0).dim}}};
    AddParseExampleSpec(ParseExampleSpecOf(column.categorical_column), json);
    return json;
  }

  template <typename Columns>
  static Result DescribeShared(const Columns& columns) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto plan, FeaturePlan::Compile({columns}));
    return Json{{"names", plan.embedding_names()},
                {"table_name", plan.tables().at(0).name},
                {"num_buckets", plan.tables().at(0).rows}};
  }

  static Result DescribeDense(const DenseColumn& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled,
                              internal::CompileDense(column));
    Json json = {{"name", compiled->name()},
                 {"variable_shape", compiled->variable_shape()}};
    AddParseExampleSpec(ParseExampleSpecOf(column), json);
    return json;
  }

  static void AddParseExampleSpec(const absl::StatusOr<ParseExampleSpec>& spec,
                                  Json& json) {
    if (spec.ok()) {
      json["parse_example_spec"] = ParseExampleSpecToJson(*spec);
    } else if (absl::IsInvalidArgument(spec.status())) {
      json["parse_example_spec_error"] = "ValueError";
    }
  }
};

absl::StatusOr<Json> ReadAndDescribe(const Json& spec, const Context& context) {
  ROWHOUSE_ASSIGN_OR_RETURN(const PlanColumn column,
                            ReadColumn(spec, context.folder));
  return std::visit(Describe(), column);
}

Outcome RunConstruct(const Case& test, Context& context) {
  if (test.given.contains("execution")) {
    return Outcome::Refused("columns have no eager execution to refuse");
  }
  const auto column = ReadAndDescribe(test.given.at("spec"), context);
  if (!column.ok()) {
    return CheckError(test, Moment::kConstruct, column.status());
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  return CompareExactly("column", *column, test.expect);
}

}  // namespace

Kind ConstructKind() {
  return {.name = "construct",
          .given = {"spec", "execution"},
          .expected = {"name", "names", "num_buckets", "variable_shape",
                       "table_name", "parse_example_spec",
                       "parse_example_spec_error"},
          .run = RunConstruct};
}

}  // namespace rowhouse::golden
