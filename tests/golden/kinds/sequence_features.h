// Kind `sequence_features`: the layer SequenceFeatures over columns and tables,
// and its gradients.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_SEQUENCE_FEATURES_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_SEQUENCE_FEATURES_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind SequenceFeaturesKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_SEQUENCE_FEATURES_H_
