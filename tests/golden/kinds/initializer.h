// Kind `initializer`: the distribution of first values. TensorFlow's draws are
// not ours, so moments and bounds are compared, as far as samples tell them.
#ifndef ROWHOUSE_TESTS_GOLDEN_KINDS_INITIALIZER_H_
#define ROWHOUSE_TESTS_GOLDEN_KINDS_INITIALIZER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "rowhouse/table_spec.h"
#include "tests/golden/kind.h"

namespace rowhouse::golden {

Kind InitializerKind();

// The initializer that a class of tf.keras.initializers makes of `arguments`,
// for a table of `rows` rows of `dim` weights. INVALID_ARGUMENT for an unknown
// name or argument, and as rowhouse/initializers.h.
absl::StatusOr<InitializerSpec> KerasInitializerFromCall(
    const std::string& name, const Json& arguments, std::uint64_t rows,
    std::uint32_t dim);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_KINDS_INITIALIZER_H_
