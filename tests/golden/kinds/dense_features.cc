#include "tests/golden/kinds/dense_features.h"

#include "tests/golden/layers.h"

namespace rowhouse::golden {
namespace {

Outcome RunDenseFeatures(const Case& test, Context& context) {
  return RunLayer(test, context.folder, *context.client, /*sequences=*/false);
}

}  // namespace

Kind DenseFeaturesKind() {
  return {.name = "dense_features",
          .uses_tables = true,
          .given = {"specs", "features", "tables", "upstream"},
          .expected = {"output", "column_names", "widths", "gradients",
                       "gradient_ids"},
          .run = RunDenseFeatures};
}

}  // namespace rowhouse::golden
