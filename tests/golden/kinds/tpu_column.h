// Kind `tpu_column`: TPU embedding columns, what they say of themselves and
// what a CPU makes of them.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_TPU_COLUMN_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_TPU_COLUMN_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind TpuColumnKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_TPU_COLUMN_H_
