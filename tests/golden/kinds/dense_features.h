// Kind `dense_features`: the layer DenseFeatures over columns and tables, and
// its gradients.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_DENSE_FEATURES_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_DENSE_FEATURES_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind DenseFeaturesKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_DENSE_FEATURES_H_
