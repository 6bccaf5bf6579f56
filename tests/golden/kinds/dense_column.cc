#include "tests/golden/kinds/dense_column.h"

#include <variant>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "client/columns/dense.h"
#include "tests/golden/column_spec.h"
#include "tests/golden/compare.h"
#include "tests/golden/feature_batch.h"

namespace rowhouse::golden {
namespace {

internal::CompiledDense ReadAndCompile(const Json& spec,
                                       const Context& context) {
  ROWHOUSE_ASSIGN_OR_RETURN(const PlanColumn column,
                            ReadColumn(spec, context.folder));
  if (const auto* numeric = std::get_if<NumericColumn>(&column)) {
    return internal::CompileDense(*numeric);
  }
  if (const auto* indicator = std::get_if<IndicatorColumn>(&column)) {
    return internal::CompileDense(*indicator);
  }
  return internal::CompileDense(
      std::get<BucketizedColumn>(std::get<CategoricalColumn>(column)));
}

Outcome RunDenseColumn(const Case& test, Context& context) {
  const auto column = ReadAndCompile(test.given.at("spec"), context);
  if (!column.ok()) {
    return CheckError(test, Moment::kConstruct, column.status());
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch batch,
                            FeatureBatch::Read(test.given.at("features")));
  const auto output = (*column)->Transform(batch.features());
  if (!output.ok()) return CheckError(test, Moment::kRun, output.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  ROWHOUSE_RETURN_IF_ERROR(
      CompareExactly("name", (*column)->name(), test.expect.at("name")));
  return CompareDense("output", output->shape, output->values,
                      test.expect.at("output"), test.tolerance);
}

}  // namespace

Kind DenseColumnKind() {
  return {.name = "dense_column",
          .given = {"spec", "features"},
          .expected = {"name", "output"},
          .run = RunDenseColumn};
}

}  // namespace rowhouse::golden
