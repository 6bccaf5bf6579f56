// Kind `safe_lookup`: sparse ids and weights looked up in a table, and the
// gradient of that.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_SAFE_LOOKUP_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_SAFE_LOOKUP_H_

#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind SafeLookupKind();

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_SAFE_LOOKUP_H_
