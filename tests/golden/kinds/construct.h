// Kind `construct`: what a column says to its arguments, and what it is called.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_CONSTRUCT_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_CONSTRUCT_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind ConstructKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_CONSTRUCT_H_
