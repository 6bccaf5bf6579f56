// Every kind of recorded cases that can be run.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_H_

#include <vector>

#include "tests/golden/kind.h"

namespace rowhouse::golden {

std::vector<Kind> Kinds();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_H_
