// Kind `tpu_lookup`: the configuration of tf.tpu.experimental.embedding and its
// lookup for serving.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_TPU_LOOKUP_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_TPU_LOOKUP_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind TpuLookupKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_TPU_LOOKUP_H_
