// Kind `optimizer`: the steps of a small table under an optimizer, by the
// kernels alone; a TPU's optimizers by their parameters.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_OPTIMIZER_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_OPTIMIZER_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind OptimizerKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_OPTIMIZER_H_
