// Kind `initializer`: the distribution of first values. TensorFlow's draws are
// not ours, so moments and bounds are compared, as far as samples tell them.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_INITIALIZER_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_INITIALIZER_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind InitializerKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_INITIALIZER_H_
