#include "tests/golden/kinds.h"

#include "tests/golden/kinds/categorical.h"
#include "tests/golden/kinds/checkpoint.h"
#include "tests/golden/kinds/checkpoint_load.h"
#include "tests/golden/kinds/construct.h"
#include "tests/golden/kinds/dense_column.h"
#include "tests/golden/kinds/dense_features.h"
#include "tests/golden/kinds/hash.h"
#include "tests/golden/kinds/initializer.h"
#include "tests/golden/kinds/keras_embedding.h"
#include "tests/golden/kinds/optimizer.h"
#include "tests/golden/kinds/safe_lookup.h"
#include "tests/golden/kinds/schedule.h"
#include "tests/golden/kinds/sequence_features.h"
#include "tests/golden/kinds/tpu_column.h"
#include "tests/golden/kinds/tpu_lookup.h"
#include "tests/golden/kinds/training.h"

namespace rowhouse::golden {

std::vector<Kind> Kinds() {
  return {CategoricalKind(), CheckpointKind(),  CheckpointLoadKind(),
          ConstructKind(),   DenseColumnKind(), DenseFeaturesKind(),
          HashKind(),        InitializerKind(), OptimizerKind(),
          SafeLookupKind(),  ScheduleKind(),    SequenceFeaturesKind(),
          TpuColumnKind(),   TpuLookupKind(),   TrainingKind()};
}

}  // namespace rowhouse::golden
