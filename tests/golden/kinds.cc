#include "tests/golden/kinds.h"

#include "tests/golden/kinds/categorical.h"
#include "tests/golden/kinds/construct.h"
#include "tests/golden/kinds/dense_column.h"
#include "tests/golden/kinds/dense_features.h"
#include "tests/golden/kinds/hash.h"
#include "tests/golden/kinds/initializer.h"
#include "tests/golden/kinds/safe_lookup.h"
#include "tests/golden/kinds/schedule.h"
#include "tests/golden/kinds/sequence_features.h"
#include "tests/golden/kinds/training.h"

namespace rowhouse::golden {

std::vector<Kind> Kinds() {
  return {
      CategoricalKind(),
      ConstructKind(),
      DenseColumnKind(),
      DenseFeaturesKind(),
      HashKind(),
      InitializerKind(),
      SafeLookupKind(),
      ScheduleKind(),
      SequenceFeaturesKind(),
      TrainingKind(),
  };
}

}  // namespace rowhouse::golden
