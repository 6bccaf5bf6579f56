#include "tests/golden/kinds/sequence_features.h"

#include "tests/golden/layers.h"

namespace rowhouse::golden {
namespace {

Outcome RunSequenceFeatures(const Case& test, Context& context) {
  return RunLayer(test, context.folder, *context.client, /*sequences=*/true);
}

}  // namespace

Kind SequenceFeaturesKind() {
  return {.name = "sequence_features",
          .uses_tables = true,
          .given = {"specs", "features", "tables", "upstream"},
          .expected = {"output", "sequence_length", "column_names", "widths",
                       "gradients", "gradient_ids"},
          .run = RunSequenceFeatures};
}

}  // namespace rowhouse::golden
