// The input of a Keras Embedding: checked, and as ids.
#ifndef ROWHOUSE_CLIENT_KERAS_ID_TENSOR_H_
#define ROWHOUSE_CLIENT_KERAS_ID_TENSOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// The product of the sizes; nothing when it is above 2^63 - 1. A size of 0
// makes it 0, whatever the others are. REQUIRES: sizes >= 0.
std::optional<std::int64_t> ElementsOf(absl::Span<const std::int64_t> sizes);

// INVALID_ARGUMENT naming `layer` when the tensor contradicts itself: as
// FeatureInput::Of, but a scalar is right, and so is a ragged tensor whose row
// splits rise from 0 to the rows of the next ones.
absl::Status CheckTensor(absl::string_view layer,
                         const Features::Tensor& tensor);

// The values as ids: int32 and int64 as they are, others cast to int32. There
// integers wrap, floats are cut toward zero, and what does not fit in 32 bits
// (or is NaN) becomes the least int32, which is a row of no table.
// UNIMPLEMENTED: strings, which have no such cast.
absl::StatusOr<std::vector<std::int64_t>> IdsOfValues(
    absl::string_view layer, const FeatureValues& values);

// By value: it is not 0, before any cast. INVALID_ARGUMENT: bools and strings,
// which TensorFlow does not compare with 0.
absl::StatusOr<std::vector<bool>> NotZero(absl::string_view layer,
                                          const FeatureValues& values);

// Where value `i` stands: "[1, 0]" in a dense or sparse tensor, "[4]" among the
// flat values of a ragged one. REQUIRES: CheckTensor.
std::string PlaceOf(const Features::Tensor& tensor, std::size_t i);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_KERAS_ID_TENSOR_H_
