#include "tests/golden/kinds/checkpoint_load.h"

#include <cstdint>
#include <string>

#include "base/status_macros.h"
#include "rowhouse/dense_features.h"
#include "tests/golden/column_spec.h"
#include "tests/golden/compare.h"
#include "tests/golden/feature_batch.h"

namespace rowhouse::golden {
namespace {

absl::StatusOr<DenseFeatures> MakeLayer(const Json& spec,
                                        const std::string& folder) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto columns,
                            ReadColumns(Json::array({spec}), folder));
  return DenseFeatures::Create(std::move(columns));
}

absl::StatusOr<DenseFeatures::Output> LoadAndLook(const DenseFeatures& layer,
                                                  Client& client,
                                                  const Json& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch batch,
                            FeatureBatch::Read(features));
  ROWHOUSE_RETURN_IF_ERROR(layer.CreateTables(client));
  return layer.Forward(client, batch.features());
}

Outcome RunCheckpointLoad(const Case& test, Context& context) {
  const absl::StatusOr<DenseFeatures> layer =
      MakeLayer(test.given.at("spec"), context.folder);
  if (!layer.ok()) {
    return CheckError(test, Moment::kConstruct, layer.status());
  }
  const absl::StatusOr<DenseFeatures::Output> output =
      LoadAndLook(*layer, *context.client, test.given.at("features"));
  if (!output.ok()) return CheckError(test, Moment::kRun, output.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  return CompareDense("output",
                      {static_cast<std::int64_t>(output->rows),
                       static_cast<std::int64_t>(output->width)},
                      output->values, test.expect.at("output"), test.tolerance);
}

}  // namespace

Kind CheckpointLoadKind() {
  return {.name = "checkpoint_load",
          .uses_tables = true,
          .given = {"spec", "features"},
          .expected = {"output"},
          .run = RunCheckpointLoad};
}

}  // namespace rowhouse::golden
