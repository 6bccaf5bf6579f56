// Kind `keras_embedding`: the layer made, its outputs, masks and losses, its
// gradient, and its table after a step.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_KERAS_EMBEDDING_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_KERAS_EMBEDDING_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind KerasEmbeddingKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_KERAS_EMBEDDING_H_
