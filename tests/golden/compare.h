// Does what we computed equal what was recorded? Ids, shapes and names
// exactly, floats within a bound that comes from the row they stand in.
#ifndef ROWHOUSE_TESTS_GOLDEN_COMPARE_H_
#define ROWHOUSE_TESTS_GOLDEN_COMPARE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// Of float32 activations, gradients and tables, relative to the largest
// magnitude of the row. A case may say another (Case::tolerance).
constexpr double kTolerance = 1e-6;
// The same for sums of more than kLongSumTerms terms.
constexpr double kLongSumTolerance = 2e-6;
constexpr std::size_t kLongSumTerms = 1000;

// Every function returns OK, or INTERNAL that begins with `what` and gives the
// first difference: its place, the expected value, the value got.

// Rows of `width` values; the last axis of a tensor. Each value may be off by
// tolerance x the largest finite magnitude of its expected row. NaN equals NaN,
// an infinity equals itself. REQUIRES: width >= 1.
absl::Status CompareRows(absl::string_view what, absl::Span<const float> got,
                         absl::Span<const float> expected, std::size_t width,
                         double tolerance);

// A tensor in the form {"dense": {...}}: dtype, shape and values. The row is
// the last axis; a value of a vector or scalar stands by itself. Floats of
// every width are compared as float32.
absl::Status CompareDense(absl::string_view what,
                          absl::Span<const std::int64_t> shape,
                          absl::Span<const float> values, const Json& expected,
                          double tolerance);

// Anything else: names, ids, shapes, sparse tensors of integers; exactly.
absl::Status CompareExactly(absl::string_view what, const Json& got,
                            const Json& expected);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_COMPARE_H_
