// Tensors of checkpoints as the recorded cases write them: every type that a
// checkpoint can hold, complex numbers as two.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_VALUES_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_VALUES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/interchange/tensor.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// OK when `actual` has the type, the shape and, bit for bit, the values of
// `expected` ({dtype, shape, values}); any NaN equals any other. Else
// INVALID_ARGUMENT naming the first difference.
absl::Status CompareStored(absl::string_view what,
                           const interchange::Tensor& actual,
                           const Json& expected);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_CHECKPOINT_VALUES_H_
