// Embedding columns whose tables begin as a tensor of a checkpoint.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_LOAD_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_LOAD_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind CheckpointLoadKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_LOAD_H_
