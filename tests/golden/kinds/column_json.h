// What columns give, in the form of the recorded cases.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_COLUMN_JSON_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_COLUMN_JSON_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/columns/sparse_ids.h"
#include "rowhouse/parse_example_spec.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// {"sparse": {...}} of int64.
Json IdsToJson(const internal::SparseIds& ids);

// OK when the weights are those of `expected`, {"sparse": {...}}: values within
// `tolerance` of themselves, all else exactly.
absl::Status CompareWeights(const internal::SparseWeights& got,
                            const Json& expected, double tolerance);

// {"key": {"varlen": {...}} or {"fixed": {...}}, ...}
Json ParseExampleSpecToJson(const ParseExampleSpec& spec);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_COLUMN_JSON_H_
