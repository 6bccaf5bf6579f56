// Kind `hash`: the fingerprint of strings and integers, and the ids that hash
// columns make of them.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_HASH_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_HASH_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind HashKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_HASH_H_
