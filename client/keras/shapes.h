// What a Keras Embedding's input_length says of shapes.
#ifndef ROWHOUSE_CLIENT_KERAS_SHAPES_H_
#define ROWHOUSE_CLIENT_KERAS_SHAPES_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/features.h"
#include "rowhouse/keras_arguments.h"
#include "rowhouse/keras_embedding.h"

namespace rowhouse::internal {

// The input's shape, unknown sizes taken from `input_length`, and `output_dim`.
// INVALID_ARGUMENT: `input_length` has not one length per axis but the first,
// or contradicts a known size.
absl::StatusOr<keras::PartialShape> OutputShape(
    absl::string_view layer, const keras::InputLength& input_length,
    std::int64_t output_dim, const keras::PartialShape& input_shape);

// The shape of a Sequential model's input, without the batch: one length, unset
// when any will do. INVALID_ARGUMENT: a list of lengths, or a negative one.
absl::StatusOr<std::optional<std::int64_t>> ModelLength(
    absl::string_view layer, const keras::InputLength& input_length);

// `tensor` as a model with inputs [batch, length] hands it on.
// INVALID_ARGUMENT when its second axis is of another length; as in Keras, a
// last axis of 1 is not counted, and then neither side may have a second axis.
absl::StatusOr<Features::Tensor> ConformToModel(
    absl::string_view layer, std::optional<std::int64_t> length,
    Features::Tensor tensor);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_KERAS_SHAPES_H_
