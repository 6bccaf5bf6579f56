// Kind `dense_column`: features through a numeric, bucketized or
// indicator column, before a layer flattens its output.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_DENSE_COLUMN_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_DENSE_COLUMN_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind DenseColumnKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_DENSE_COLUMN_H_
