// Kind `training`: batches through a layer, each followed by a step of an
// optimizer.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_TRAINING_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_TRAINING_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind TrainingKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_TRAINING_H_
