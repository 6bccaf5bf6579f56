// Checkpoints that TensorFlow wrote, whole and damaged: what is in them, which
// errors they give, which is the latest of a directory.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind CheckpointKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_H_
