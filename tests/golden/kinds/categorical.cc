#include "tests/golden/kinds/categorical.h"

#include <variant>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "tests/golden/column_spec.h"
#include "tests/golden/compare.h"
#include "tests/golden/feature_batch.h"
#include "tests/golden/kinds/column_json.h"

namespace rowhouse::golden {
namespace {

internal::CompiledCategorical ReadAndCompile(const Json& spec,
                                             const Context& context) {
  ROWHOUSE_ASSIGN_OR_RETURN(const PlanColumn column,
                            ReadColumn(spec, context.folder));
  return internal::Compile(std::get<CategoricalColumn>(column));
}

Outcome RunCategorical(const Case& test, Context& context) {
  const Json& spec = test.given.at("spec");
  const auto column = ReadAndCompile(spec, context);
  if (!column.ok()) {
    return CheckError(test, Moment::kConstruct, column.status());
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch batch,
                            FeatureBatch::Read(test.given.at("features")));
  const auto ids = (*column)->Transform(batch.features());
  if (!ids.ok()) return CheckError(test, Moment::kRun, ids.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  Json got = {{"name", (*column)->name()},
              {"num_buckets", (*column)->num_buckets()},
              {"ids", IdsToJson(*ids)}};
  Json expected = test.expect;
  if (ids->weights.has_value()) {
    ROWHOUSE_RETURN_IF_ERROR(
        CompareWeights(*ids->weights, expected.at("weights"), test.tolerance));
    expected.erase("weights");
  }
  if (expected.contains("sequence_length")) {
    got["sequence_length"] = internal::SequenceLengths(*ids);
  }
  return CompareExactly("column", got, expected);
}

}  // namespace

Kind CategoricalKind() {
  return {
      .name = "categorical",
      .given = {"spec", "features"},
      .expected = {"name", "num_buckets", "ids", "weights", "sequence_length"},
      .run = RunCategorical};
}

}  // namespace rowhouse::golden
