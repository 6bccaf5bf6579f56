// Kind `categorical`: features through one categorical column.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_CATEGORICAL_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_CATEGORICAL_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind CategoricalKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_CATEGORICAL_H_
