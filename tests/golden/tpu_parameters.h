// What tf.tpu.experimental.embedding sends to the hardware of an optimizer, as
// far as our spec says the same.
#ifndef ROWHOUSE_TESTS_GOLDEN_TPU_PARAMETERS_H_
#define ROWHOUSE_TESTS_GOLDEN_TPU_PARAMETERS_H_

#include "absl/status/status.h"
#include "tests/golden/case.h"
#include "tests/golden/optimizer_call.h"

namespace rowhouse::golden {

// Compares the `parameters` (by field of TensorFlow's OptimizationParameters)
// and the `slots` as created that a case of family "tpu" expects with what
// `call` says.
absl::Status RunTpuParameters(const Case& test, const OptimizerCall& call);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_TPU_PARAMETERS_H_
