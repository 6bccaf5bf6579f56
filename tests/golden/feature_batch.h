// The features of a recorded case, as columns take them.
#ifndef ROWHOUSE_TESTS_GOLDEN_FEATURE_BATCH_H_
#define ROWHOUSE_TESTS_GOLDEN_FEATURE_BATCH_H_

#include "tools/feature_batch.h"

namespace rowhouse::golden {

using tools::FeatureBatch;

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_FEATURE_BATCH_H_
